# SPDX-License-Identifier: Apache-2.0
"""The roles and playbooks are written as Ansible's own linter demands of what goes into production."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_ansible_lint_production(tmp_path):
    """ansible-lint's production profile finds nothing in roles and playbooks."""
    tools = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "ANSIBLE_HOME": str(tmp_path), "NO_COLOR": "1"}
    command = ["ansible-lint", "--offline", "--profile", "production", "-q", "roles", "playbooks"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stdout)
