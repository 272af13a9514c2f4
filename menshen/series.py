# SPDX-License-Identifier: Apache-2.0
"""Hand the server room's series to the ledger: once a day, in points of four hours, so that a report can draw them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from agents.engine import NotObservedError, NotServedError, QueryError
from reports.series import EVERY, QUANTITIES, SERIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from agents.engine import Engine
    from menshen.connect import Evidence
    from menshen.subject import Subject
    from policies.verdict import Cell
    from reports.ledger import Ledger

    Ask = Callable[[Subject, Evidence], AbstractContextManager[Engine]]

DAYS: Final = 30
YEAR: Final = 365 * 86400
# A second audit of a day adds none.
_AGAIN_SECONDS: Final = 20 * 3600
_SELECT: Final = "SELECT quantity, hour, lowest, mean, highest, covered_seconds FROM {table} WHERE hour >= {since}"
_KINDS: Final = {"ups": "ups_history", "sensor": "climate_history"}


def remember(ledger: Ledger, subjects: Sequence[Subject], ask: Ask, known: Evidence, at: str) -> None:
    """Append the series of the UPSes and sensors among `subjects`, unless the newest entry is of the same day."""
    devices = [one for one in subjects if one.kind in _KINDS]
    if not devices:
        return
    last = ledger.chain.last(SERIES)
    if last is not None and (_unix(at) - _unix(last.at)) < _AGAIN_SECONDS:
        return
    found = [one for device in devices if (one := collect(device, ask, known, at))]
    if found:
        ledger.add(SERIES, at, {"until": at, "subjects": found})


def collect(device: Subject, ask: Ask, known: Evidence, at: str) -> dict[str, Any] | None:
    """Give one device's series as JSON data; None where nobody has watched it."""
    until = _unix(at)
    since = until - until % EVERY - DAYS * 86400
    with ask(device, known) as engine:
        rows = _rows(engine, _SELECT.format(table=_KINDS[device.kind], since=since))
        if not rows:
            return None
        outages = _rows(engine, "SELECT started_at, minutes, lowest_charge_percent FROM outages") if device.kind == "ups" else []
    buckets: dict[str, dict[int, list[Mapping[str, Cell]]]] = {}
    for row in rows:
        hour = int(row["hour"] or 0)
        if row["quantity"] in QUANTITIES and since <= hour < until:
            buckets.setdefault(str(row["quantity"]), {}).setdefault((hour - since) // EVERY, []).append(row)
    return {
        "name": device.name,
        "kind": device.kind,
        "serves": getattr(device.target, "serves", ""),
        "since": since,
        "series": [
            {"quantity": quantity, "points": [_point(at, rows) for at, rows in sorted(held.items())]}
            for quantity, held in buckets.items()
        ],
        "outages": [dict(row) for row in outages if int(row["started_at"] or 0) >= until - YEAR],
    }


def _rows(engine: Engine, sql: str) -> list[dict[str, Cell]]:
    try:
        return engine.query(sql).rows
    except (NotObservedError, NotServedError, QueryError):
        # An audit is not lost for want of a chart: the report says that there is none.
        return []


def _point(number: int, rows: Sequence[Mapping[str, Cell]]) -> list[float | None]:
    """Give number, lowest, mean, highest and the share of time on record, in short figures."""
    figures = {name: [float(row[name]) for row in rows if row[name] is not None] for name in ("lowest", "mean", "highest")}  # type: ignore[arg-type]
    if not figures["mean"]:
        return [number, None, None, None, 0]
    covered = sum(int(row["covered_seconds"] or 0) for row in rows)
    mean = sum(figures["mean"]) / len(figures["mean"])
    return [number, round(min(figures["lowest"]), 1), round(mean, 1), round(max(figures["highest"]), 1), round(covered / EVERY, 3)]


def _unix(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp).timestamp())
