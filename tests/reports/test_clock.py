# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import date

import pytest

from reports.clock import Clock


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(480, "2026-11-22 06:40 +08:00"), (0, "2026-11-21 22:40 +00:00"), (-210, "2026-11-21 19:10 -03:30")],
)
def test_local_time_with_offset(offset, expected):
    """A UTC time of the ledger is written in the report's zone, with the offset in words of ISO 8601."""
    assert expected == Clock(offset).full("2026-11-21T22:40:00Z")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("2026-11-21 22:40:00Z", date(2026, 11, 22)), (None, None), ("", None), ("yesterday", None)],
)
def test_day_of_evidence(written, expected):
    """A date from evidence is the local day, and nothing where it is no time."""
    assert expected == Clock(480).day(written)


def test_never_is_empty():
    """What never happened has no time."""
    assert "" == Clock(480).short(None)
