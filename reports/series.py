# SPDX-License-Identifier: Apache-2.0
"""The server room's charts as plain data: made from the ledger's newest series, each with a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from reports.report import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reports.clock import Clock
    from reports.facts import Standing
    from reports.words import Say

# The kind of the ledger's entry, and the seconds of one of its points.
SERIES: Final = "series"
EVERY: Final = 4 * 3600
QUANTITIES: Final = ("charge_percent", "runtime_minutes", "load_percent", "temperature", "humidity")
_DAY: Final = 86400
_TICK_DAYS: Final = 5
# Which items of the bank's list a UPS answers by what it serves, and with which of its series.
_BY_SERVICE: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "doors": ("8.3", ("runtime_minutes", "charge_percent")),
    "terminals": ("8.3", ("runtime_minutes", "charge_percent")),
    "server_room": ("9.5", ("runtime_minutes", "load_percent", "charge_percent")),
    "cctv": ("10.7", ("runtime_minutes", "charge_percent")),
}
CLIMATE_ITEM: Final = "9.3"
OUTAGE_ITEMS: Final = ("1.2", "2.1")
# Where the limits of a chart come from: control, parameters.
_LIMITS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "runtime_minutes": ("ups_runtime", ("runtime_minutes",)),
    "charge_percent": ("ups_battery_healthy", ("charge_percent",)),
    "load_percent": ("ups_load", ("load_percent",)),
    "temperature": ("server_room_temperature_kept", ("lowest_celsius", "highest_celsius")),
    "humidity": ("server_room_humidity_kept", ("lowest_percent", "highest_percent")),
}


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A week, or an outage, in figures; texts as they stand on the page."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: points are (day since its beginning, lowest, mean, highest); no point at all makes it a table alone."""

    title: Seen
    note: str
    unit: str
    points: tuple[tuple[float, float | None, float | None, float | None], ...]
    ticks: tuple[tuple[float, str], ...]
    limits: tuple[float, ...]
    columns: tuple[str, ...]
    rows: tuple[ChartRow, ...]


def charts(body: Mapping[str, Any] | None, standings: Iterable[Standing], clock: Clock, say: Say) -> dict[str, tuple[Chart, ...]]:
    """Give the charts of each item that has some; `body` is the newest series entry, None where there is none."""
    if body is None:
        return {}
    limits = _limits(standings)
    found: dict[str, list[Chart]] = {}
    for subject in body["subjects"]:
        series = {one["quantity"]: one["points"] for one in subject["series"]}
        for item, quantities in _answers(subject):
            for quantity in quantities:
                if series.get(quantity):
                    given = limits.get((subject["name"], quantity), ())
                    found.setdefault(item, []).append(_chart(subject, quantity, series[quantity], given, (clock, say)))
        if subject["kind"] == "ups":
            for item in OUTAGE_ITEMS:
                found.setdefault(item, []).append(_outages(subject, clock, say))
    return {item: tuple(group) for item, group in found.items()}


def _answers(subject: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if subject["kind"] == "sensor":
        yield CLIMATE_ITEM, ("temperature", "humidity")
        return
    served = [word.strip() for word in subject["serves"].split(",") if word.strip()] or ["server_room"]
    yield from dict.fromkeys(_BY_SERVICE[word] for word in served if word in _BY_SERVICE)


def _limits(standings: Iterable[Standing]) -> dict[tuple[str, str], tuple[float, ...]]:
    wanted = {control: (quantity, names) for quantity, (control, names) in _LIMITS.items()}
    found = {}
    for standing in standings:
        finding = standing.finding
        if finding.control in wanted:
            quantity, names = wanted[finding.control]
            values = (finding.parameters.get(name) for name in names)
            found[finding.subject, quantity] = tuple(float(value) for value in values if isinstance(value, int | float))
    return found


def _chart(
    subject: Mapping[str, Any],
    quantity: str,
    points: Sequence[Sequence[float | None]],
    limits: tuple[float, ...],
    told: tuple[Clock, Say],
) -> Chart:
    clock, say = told
    since = int(subject["since"])
    placed = tuple(_placed(points))
    last = placed[-1][0]
    days = range(0, int(last) + 1, _TICK_DAYS)
    word = say(f"chart.q.{quantity}")
    span = say("chart.span", first=_day(since, clock), last=_day(since + int(last * _DAY), clock), hours=EVERY // 3600)
    return Chart(
        title=Seen(say("chart.title", subject=subject["name"], quantity=word)),
        note=say("list.semicolon").join(filter(None, (span, say("chart.limits") if limits else ""))),
        unit=word,
        points=placed,
        ticks=tuple((float(day), _day(since + day * _DAY, clock)[5:]) for day in days),
        limits=limits,
        columns=tuple(say(f"chart.{key}") for key in ("week", "lowest", "mean", "highest", "coverage")),
        rows=tuple(_weeks(points, since, clock)),
    )


def _placed(points: Sequence[Sequence[float | None]]) -> Iterator[tuple[float, float | None, float | None, float | None]]:
    """Place each point on its day, and one without figures where some are missing, so that the line is broken there."""
    former = None
    for number, lowest, mean, highest, _ in points:
        place = int(number or 0)
        if former is not None and place > former + 1:
            yield (former + 1) * EVERY / _DAY, None, None, None
        former = place
        yield place * EVERY / _DAY, lowest, mean, highest


def _weeks(points: Sequence[Sequence[float | None]], since: int, clock: Clock) -> Iterator[ChartRow]:
    per_week = 7 * _DAY // EVERY
    weeks: dict[int, list[Sequence[float | None]]] = {}
    for point in points:
        weeks.setdefault(int(point[0] or 0) // per_week, []).append(point)
    for week, held in sorted(weeks.items()):
        lows, means, highs = ([point[at] for point in held if point[at] is not None] for at in (1, 2, 3))
        last = max(int(point[0] or 0) for one in weeks.values() for point in one)
        length = min(per_week, last + 1 - week * per_week)
        covered = sum(point[4] or 0 for point in held) / length * 100
        figures = (min(lows, default=None), sum(means) / len(means) if means else None, max(highs, default=None), covered)  # type: ignore[type-var, arg-type]
        yield ChartRow((_day(since + week * 7 * _DAY, clock), *("–" if one is None else f"{one:.1f}" for one in figures)))


def _outages(subject: Mapping[str, Any], clock: Clock, say: Say) -> Chart:
    rows = tuple(
        ChartRow(
            (
                _time(int(row["started_at"]), clock),
                "–" if row["minutes"] is None else f"{row['minutes']:.1f}",
                "–" if row["lowest_charge_percent"] is None else f"{row['lowest_charge_percent']:.0f}",
            )
        )
        for row in subject["outages"]
    )
    return Chart(
        title=Seen(say("chart.outages", subject=subject["name"])),
        note="" if rows else say("chart.no_outage"),
        unit="",
        points=(),
        ticks=(),
        limits=(),
        columns=tuple(say(f"chart.{key}") for key in ("began", "minutes", "charge")),
        rows=rows,
    )


def _time(seconds: int, clock: Clock) -> str:
    return clock.short(datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z"))


def _day(seconds: int, clock: Clock) -> str:
    return _time(seconds, clock)[:10]
