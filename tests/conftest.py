# SPDX-License-Identifier: Apache-2.0
"""What all tests share: under CI a skipped test is a failed one, and no test touches the user's own state."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# tests/system.py and tests/commandline.py are imported by tests of every room.
sys.path.insert(0, str(Path(__file__).parent))

# CI tries the same examples each time: a rare one is found at a desk, not in somebody else's change. A busy machine is slow.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

# What no set-up can bring to a machine; a reason that begins so may be skipped even under CI.
EXCUSED = "this machine"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    """Turn a skip into a failure under CI, unless its reason says that this machine cannot."""
    outcome = yield
    report = outcome.get_result()
    if not report.skipped or hasattr(report, "wasxfail") or not os.environ.get("CI"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not reason.removeprefix("Skipped: ").startswith(EXCUSED):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI: {reason}"


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory, monkeypatch):
    """Keep the ledger of a test in its own folder, and its language English unless it says otherwise."""
    monkeypatch.setenv("MENSHEN_STATE", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    # Parallel workers are told a narrow terminal; a program in a pipe has none.
    monkeypatch.delenv("COLUMNS", raising=False)
