# SPDX-License-Identifier: Apache-2.0
"""Run the real command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def menshen(*arguments, expected=(0,), **environment):
    """Run a command from the root of the clone and demand one of the expected exit codes."""
    done = subprocess.run(
        [sys.executable, "-m", "menshen", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in expected, f"{done.returncode}: {done.stderr}"
    return done
