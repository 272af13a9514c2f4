# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menshen import duration
from menshen.trouble import TroubleError

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("P1D", "2026-02-01T12:00:00+00:00"),
        ("P1M", "2026-02-28T12:00:00+00:00"),
        ("P1Y", "2027-01-31T12:00:00+00:00"),
        ("P2W", "2026-02-14T12:00:00+00:00"),
        ("P1Y2M10DT2H30M", "2027-04-10T14:30:00+00:00"),
        ("PT24H", "2026-02-01T12:00:00+00:00"),
    ],
)
def test_a_duration_is_added_by_the_calendar(text, end):
    """P1M is a month and ends on the last day of a shorter one."""
    assert end == duration.read(text).after(START).isoformat()


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1m", "1M", "30", "P1", "p1m", "P-1D", "P1.5D", "P1DT", "1 month", "P1D ", "P1M2Y", "P１D", "P1D\n"]
)
def test_what_is_no_iso_duration_is_refused(text):
    """No shorthand, no fraction, no sign, no other order: one text has one meaning."""
    with pytest.raises(TroubleError, match="not a duration"):
        duration.read(text)


@pytest.mark.parametrize("text", ["PT1M", "PT1S", "PT23H59M", "P0D"])
def test_a_minute_is_never_taken_for_a_month(text):
    """What is shorter than a day is refused, since nobody inspects by the minute."""
    with pytest.raises(TroubleError, match="shorter than a day"):
        duration.read(text)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    """Reading either gives a duration of at least a day or says why not."""
    try:
        found = duration.read(text)
    except TroubleError:
        return
    assert (found.after(START) - START).days >= 1


@given(st.integers(1, 3660))
def test_days_written_are_read_back(days):
    """What is written is what is read."""
    assert days * 86400 == duration.read(duration.of_days(days)).seconds
