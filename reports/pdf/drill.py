# SPDX-License-Identifier: Apache-2.0
"""The drill record: what was imagined, who was there, times against targets, what happened when, what failed, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.rollup import Mark
from reports.pdf import look
from reports.pdf.blocks import Figure, Gap, Text
from reports.pdf.closing import signatures
from reports.pdf.grid import Column, Grid, Row
from reports.pdf.marks import Verdict
from reports.pdf.plot import Bar, Plot, Point

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reports.clock import Clock
    from reports.pdf.flow import Flow
    from reports.pdf.pen import Pen
    from reports.words import Say

_CELL = look.CELL
_FIGURE = look.CELL.to("right")
_TICKS = 8


def drill(flow: Flow, document: Mapping[str, Any], cover: Mapping[str, str], clock: Clock, say: Say) -> None:
    """Fill all pages; `cover` holds the agency, the ledger's head and the record's digest."""
    flow.new_page()
    flow.mark("drill", say("drill.title"), 0)
    flow.add(Text(say("drill.title"), look.TITLE), Gap(4), Text(say("drill.subtitle"), look.H3.tint(look.SOFT)), Gap(12))
    for key, value in _facts(document, cover, clock, say):
        flow.add(Row([Text(say(f"drill.{key}"), look.LABEL), Text(value, look.BODY)], (1.1, 5), ruled=False))
    mark = Mark.MET if document["result"] == "passed" else Mark.NOT_MET
    verdict = Verdict(mark, say(f"drill.result.{document['result']}"), look.BODY, 9)
    flow.add(Row([Text(say("drill.overall"), look.LABEL), verdict], (1.1, 5), ruled=False), Gap(6))
    flow.add(Text(say("drill.nothing_ran"), look.SMALL), Gap(4))
    _times(flow, document, say)
    _chart(flow, document, say)
    _tiers(flow, document, say)
    _people(flow, document, say)
    _problems(flow, document, say)
    _timeline(flow, document, say)
    _commands(flow, document, say)
    flow.add(Gap(6), Text(say("drill.verify"), look.SMALL))
    signatures(flow, say)


def _facts(document: Mapping[str, Any], cover: Mapping[str, str], clock: Clock, say: Say) -> Iterator[tuple[str, str]]:
    given = document["scenario"]
    forecast = say("drill.imagined_forecast", minutes=f"{given['forecast']:g}") if given["forecast"] is not None else ""
    yield "number", document["number"]
    yield "held", clock.full(document["held_at"])
    yield "agency", cover.get("agency") or say("cover.blank")
    yield "plan", document["plan"]["title"][say.lang]
    yield "plan_digest", document["plan_digest"]
    yield "leader", document["leader"] or say("cover.blank")
    yield "kind", say("drill.kind_walked" if document["walked"] else "drill.kind_simulated")
    yield (
        "imagined",
        say(
            "drill.imagined_value",
            minutes=f"{given['minutes']:g}",
            runtime=f"{given['runtime_minutes']:g}",
            recharge=f"{given['recharge']:g}",
            forecast=forecast,
        ),
    )
    yield "head", cover["head"]
    yield "digest", cover["digest"]


def _times(flow: Flow, document: Mapping[str, Any], say: Say) -> None:
    flow.heading(say("drill.times"))
    grid = Grid(
        (
            Column(say("drill.target"), 5),
            Column(say("drill.wanted"), 1, figures=True),
            Column(say("drill.actual"), 1.3, figures=True),
            Column(say("drill.met"), 1.6),
        )
    )
    flow.table(grid, (_time(grid, one, say) for one in document["targets"]))


def _time(grid: Grid, one: Mapping[str, Any], say: Say) -> Row:
    actual = say("drill.not_reached") if one["actual"] is None else f"{one['actual']:g}"
    mark = Mark.MET if one["met"] else Mark.NOT_MET
    return grid.row(
        Text(say(f"drill.target.{one['id']}"), _CELL),
        Text(f"{one['target']:g}", _FIGURE),
        Text(actual, _FIGURE),
        Verdict(mark, say(f"mark.{mark}")),
    )


def _chart(flow: Flow, document: Mapping[str, Any], say: Say) -> None:
    points = [Point(second / 60, level, level, level) for second, level in document["levels"]]
    if not points:
        return
    flow.heading(say("drill.chart"), keep=130)
    last = points[-1].at
    step = max(10.0, round(last / _TICKS / 10) * 10)
    ticks = [(number * step, f"{number * step:g}") for number in range(int(last / step) + 1)]
    bars = [Bar(tier["began"] / 60, tier["ended"] / 60, tier["title"][say.lang]) for tier in document["tiers"]]
    flow.add(Plot(points, ticks, say("drill.charge"), say("drill.minutes_axis"), bars=bars).figure())


def _tiers(flow: Flow, document: Mapping[str, Any], say: Say) -> None:
    flow.heading(say("drill.tiers"))
    shares = {"tier": 2.4, "subjects": 4, "from": 1.1, "to": 1.1, "failed": 0.9}
    grid = Grid(tuple(Column(say(f"drill.{key}"), share, key in {"from", "to", "failed"}) for key, share in shares.items()))
    rows = (
        grid.row(
            Text(tier["title"][say.lang], _CELL),
            Text(say.join(tier["subjects"]), _CELL),
            *(Text(text, _FIGURE) for text in (_minute(tier["began"]), _minute(tier["ended"]), str(tier["failed"]))),
        )
        for tier in document["tiers"]
    )
    flow.table(grid, rows)


def _people(flow: Flow, document: Mapping[str, Any], say: Say) -> None:
    flow.heading(say("drill.people"))
    grid = Grid(tuple(Column(say(f"drill.{key}"), share) for key, share in {"name": 2, "role": 4, "present": 3}.items()))
    people = [{"name": document["leader"], "role": say("drill.leader")}, *document["people"]]
    flow.table(grid, (grid.row(*(Text(text, _CELL) for text in (one["name"], one["role"], ""))) for one in people))


def _problems(flow: Flow, document: Mapping[str, Any], say: Say) -> None:
    flow.heading(say("drill.problems"))
    if not document["failed"]:
        flow.add(Text(say("drill.no_problems"), look.BODY))
    else:
        shares = {"tier": 1.6, "about": 2, "why": 3.4, "owner": 1.4, "due": 1.2}
        grid = Grid(tuple(Column(say(f"drill.{key}"), share) for key, share in shares.items()))
        rows = [(one["tier"], one["subject"], one["why"], "", "") for one in document["failed"]]
        flow.table(grid, (grid.row(*(Text(text, _CELL) for text in row)) for row in rows))
    flow.add(Gap(4), Figure(46, lambda pen, x, top, width: _lines(pen, (x, top, width), say)))


def _lines(pen: Pen, box: tuple[float, float, float], say: Say) -> None:
    x, top, width = box
    pen.line(x, top - 12, f"{say('drill.fitness')}  {say('drill.fitness_lines')}", look.LABEL)
    for number in (1, 2):
        pen.rule(x, top - 12 - 16 * number, width)


def _timeline(flow: Flow, document: Mapping[str, Any], say: Say) -> None:
    flow.heading(say("drill.timeline"), keep=100)
    grid = Grid((Column(say("drill.at"), 0.8, figures=True), Column(say("drill.about"), 2), Column(say("drill.what"), 6)))
    lines: Sequence[Mapping[str, Any]] = document["timeline"]
    rows = (
        grid.row(Text(_minute(line["second"]), _FIGURE), Text(line["about"] or "–", _CELL), Text(line["text"][say.lang], _CELL))
        for line in lines
    )
    flow.table(grid, rows)


def _commands(flow: Flow, document: Mapping[str, Any], say: Say) -> None:
    flow.heading(say("drill.commands"), keep=100)
    grid = Grid(
        (
            Column(say("drill.at"), 0.8, figures=True),
            Column(say("drill.tier"), 1.5),
            Column(say("drill.command"), 6),
            Column(say("drill.took"), 1, figures=True),
        )
    )
    rows = (
        grid.row(
            Text(_minute(one["second"]), _FIGURE),
            Text(one["tier"], _CELL),
            Text(" ".join(one["command"]), look.NOTE),
            Text(f"{one['seconds']:g}", _FIGURE),
        )
        for one in document["records"]
    )
    flow.table(grid, rows)


def _minute(seconds: float) -> str:
    return f"{seconds / 60:.1f}"
