# SPDX-License-Identifier: Apache-2.0
"""Measure a drill against the figures of the source documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What is measured, in the order of the page; the words are in reports/words_drill.py.
RIDE: Final = "ride"
SHED: Final = "shed"
MARGIN: Final = "margin"
RESTART: Final = "restart"
DONE: Final = "done"


def targets(
    figures: Mapping[str, Any], tiers: Sequence[Mapping[str, Any]], facts: Mapping[str, float | None]
) -> list[dict[str, Any]]:
    """List what was demanded and what came out, in minutes; `actual` None: it did not come to that.

    `figures` are the plan's targets; `facts` are seconds since the mains went (see menshen/drilling.py).
    """
    ride, shed = figures["ups_only_minutes"], figures["ups_only_minutes"]
    latched, first = _minutes(facts["latched"]), _minutes(facts["first_shed"])
    last, empty = facts["last_stop"], facts["empty"]
    margin = None if last is None or empty is None else (empty - last) / 60
    restart = _minutes(facts["restart"])
    return [
        _target(RIDE, ride, latched, met=latched is None or latched >= ride),
        _target(SHED, shed, first, met=first is not None and first <= shed),
        _target(MARGIN, 0, margin, met=margin is None or margin > 0),
        _target(RESTART, figures["restart_minutes"], restart, met=restart is not None and restart <= figures["restart_minutes"]),
        _target(DONE, 0, float(sum(tier["failed"] for tier in tiers)), met=not any(tier["failed"] for tier in tiers)),
    ]


def _target(name: str, wanted: float, actual: float | None, *, met: bool) -> dict[str, Any]:
    return {"id": name, "target": wanted, "actual": None if actual is None else round(actual, 1), "met": met}


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60
