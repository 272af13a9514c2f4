# SPDX-License-Identifier: Apache-2.0
"""Make a whole demonstration in a folder: inventory, ledger, reports, drift and what was seen."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from menshen import console, inventory, writing
from menshen.commands.drift import renderables
from menshen.demo import output, site, story
from menshen.demo.stage import Stage, stamp
from menshen.language import EN, ZH, say
from menshen.profile import FILE as PROFILE_FILE
from menshen.trouble import TroubleError
from reports.drift import moves
from reports.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from menshen.demo.story import Plot
    from policies.catalogue import Catalogue
    from policies.exception import Grant
    from policies.records import Observation
    from policies.text import Language
    from reports.drift import Move
    from reports.ledger import Run
    from reports.report import Report

CHECKLIST = "retail_credit"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: how many subjects, up to which moment (Unix seconds), and the seed of all chance.

    `reports` says whether the PDFs are written, `runs` takes only so many of the last ones (None: all).
    """

    hosts: int
    end: int
    seed: int
    reports: bool = True
    runs: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: the last run, what moved in the last week, the report, the ledger's head and its entries."""

    run: Run
    moved: Sequence[Move]
    report: Report
    head: str
    entries: int
    plot: Plot


def make(catalogue: Catalogue, order: Order, folder: Path) -> Made:
    """Write the demonstration; nothing of it where it fails.

    Raises:
        TroubleError: too few hosts, or the folder holds something else.
    """
    if order.hosts < site.FEWEST:
        raise TroubleError(say(f"a site has at least {site.FEWEST} hosts", f"演示场所至少要有 {site.FEWEST} 个对象"))
    with output.whole(folder) as new:
        output.mark(new)
        made = _play(catalogue, order, new)
        output.readme(new, folder, stamp(made.plot.reported)[:10])
    return made


def _play(catalogue: Catalogue, order: Order, new: Path) -> Made:
    everyone = site.hosts(order.hosts)
    plot = story.cast(everyone, order.end, Random(order.seed))  # noqa: S311 - a story, no secret
    if order.runs is not None:
        plot = replace(plot, runs=plot.runs[-order.runs :])
    grants = _inventory(catalogue, everyone, plot, new / "inventory")
    subjects = inventory.read(new / "inventory")
    stage = Stage(catalogue, grants, subjects, {host.name: host for host in everyone}, plot, order.seed)
    seen: dict[str, list[Observation]] = {}

    def watch(observation: Observation) -> None:
        seen.setdefault(observation.subject, []).append(observation)

    with Ledger(new / "ledger.db") as ledger, console.progress(len(plot.runs), say("auditing a month", "检查一个月")) as step:

        def after(moment: int) -> None:
            if moment == plot.reported:
                _remember(catalogue, ledger, _wanted(new, ZH, moment, grants))
            step(stamp(moment)[:10])

        run = stage.play(ledger, after, watch)
        made = _write(catalogue, ledger, order, (run, plot, grants), new)
    output.observations(new / "observations", seen)
    return made


def _inventory(catalogue: Catalogue, everyone: Sequence[site.Host], plot: Plot, folder: Path) -> Sequence[Grant]:
    folder.mkdir()
    (folder / "hosts.yml").write_text(site.inventory(everyone), encoding="utf-8")
    inventory.exceptions_file(folder).write_text(site.dump({"exceptions": list(plot.exceptions)}), encoding="utf-8")
    (folder / PROFILE_FILE).write_text(site.dump(asdict(site.PROFILES[ZH])), encoding="utf-8")
    return inventory.grants(folder, catalogue)


def _wanted(new: Path, language: Language, moment: int, grants: Sequence[Grant]) -> writing.Wanted:
    path = new / f"report-{language}.pdf"
    return writing.Wanted(path, CHECKLIST, language, stamp(moment), site.PROFILES[language], grants)


def _remember(catalogue: Catalogue, ledger: Ledger, wanted: writing.Wanted) -> Report:
    report = writing.build(catalogue, ledger, wanted)
    writing.remember(ledger, report, wanted, writing.report_time(wanted))
    return report


def _write(catalogue: Catalogue, ledger: Ledger, order: Order, played: tuple[Run, Plot, Sequence[Grant]], new: Path) -> Made:
    run, plot, grants = played
    if order.reports:
        # Both before either is remembered: the second must not compare itself with the first.
        for language in (ZH, EN):
            wanted = _wanted(new, language, plot.end, grants)
            writing.save(writing.build(catalogue, ledger, wanted), wanted.path)
    report = _remember(catalogue, ledger, _wanted(new, ZH, plot.end, grants))
    since = stamp(plot.drift_since)
    moved = moves(ledger.standings(as_of=since), ledger.standings())
    _drift(since, moved, new)
    return Made(run, moved, report, ledger.chain.head(), ledger.chain.check(), plot)


def _drift(since: str, moved: Sequence[Move], new: Path) -> None:
    document = {"since": since, "moves": [move.to_json() for move in moved]}
    (new / "drift.json").write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (new / "drift.txt").write_text(console.text(*renderables(since, moved)), encoding="utf-8")
