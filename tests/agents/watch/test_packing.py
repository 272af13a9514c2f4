# SPDX-License-Identifier: Apache-2.0
"""What is packed comes back; roll-ups hold what the samples held."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.watch.packing import HOUR, MINUTE, pack, pack_rolled, roll, unpack, unpack_rolled

VALUES = st.none() | st.integers(-2_000_000_000, 2_000_000_000).map(lambda whole: whole / 1000)
SERIES = st.dictionaries(st.integers(1_700_000_000, 1_700_010_800), VALUES, max_size=200).map(lambda held: sorted(held.items()))


@given(SERIES)
def test_samples_come_back_to_the_thousandth(samples):
    """Times exactly, values to a thousandth, what was not known as not known."""
    assert samples == unpack(pack(samples))


@given(SERIES)
def test_roll_ups_hold_every_sample_once(samples):
    """Counts add up, bounds hold, and packing the roll-ups loses nothing but the coverage."""
    rows = roll(samples, MINUTE)
    assert len(samples) == sum(row.samples for row in rows)
    known = [value for _, value in samples if value is not None]
    assert (
        [min(known), max(known)]
        == [
            min(r.lowest for r in rows if r.samples and r.lowest is not None),
            max(r.highest for r in rows if r.highest is not None),
        ]
        if known
        else not any(row.lowest is not None for row in rows)
    )
    assert [(r.at, r.samples, r.lowest, r.mean, r.highest) for r in rows] == [
        (r.at, r.samples, r.lowest, r.mean, r.highest) for r in unpack_rolled(pack_rolled(rows))
    ]


def test_coverage_counts_the_seconds_a_sample_speaks_for():
    """Every ten seconds is the whole hour; a hole is missing but for its beginning; nothing known covers nothing."""
    hour = 1_700_000_000 - 1_700_000_000 % HOUR
    whole = [(hour + second, 1.0) for second in range(0, HOUR, 10)]
    holed = [(at, value) for at, value in whole if not hour + 600 <= at < hour + 1200]
    assert [HOUR] == [row.covered for row in roll(whole, HOUR)]
    assert [HOUR - 600 + 20] == [row.covered for row in roll(holed, HOUR)]
    assert [0] == [row.covered for row in roll([(hour, None), (hour + 10, None)], HOUR)]
