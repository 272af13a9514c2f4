# SPDX-License-Identifier: Apache-2.0
"""What an audit found, for programs (JSON) and for people (a table, the worst first)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from menshen import console
from menshen.language import say
from policies.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.catalogue import Catalogue
    from policies.records import Finding
    from policies.text import Language
    from reports.ledger import Run
    from reports.words import Say

# The worst first; what is met comes last and only on request.
ORDER = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.UNKNOWN,
    Verdict.EXCEPTED,
    Verdict.MANUAL_DUE,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)
QUIET = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.MANUAL_DUE})
STYLES = {
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "red",
    Verdict.UNKNOWN: "yellow",
    Verdict.EXCEPTED: "cyan",
    Verdict.MANUAL_DUE: "yellow",
    Verdict.PASS: "green",
    Verdict.NOT_APPLICABLE: "dim",
}
EVIDENCE_WIDTH = 160


def document(run: Run) -> dict[str, Any]:
    """Give the JSON document of `audit --json` (docs/en/json.md)."""
    return {"findings": [finding.to_json() for finding in run.findings], "summary": summary(run.findings)}


def summary(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by verdict, every verdict named."""
    counts = Counter(finding.verdict for finding in findings)
    return {str(verdict): counts[verdict] for verdict in Verdict}


def show(catalogue: Catalogue, run: Run, language: Language, *, everything: bool) -> None:
    """Print the findings that need somebody, and the counts of all."""
    from reports.words import Say

    words = Say(language)
    shown = [finding for finding in run.findings if everything or finding.verdict not in QUIET]
    shown.sort(key=lambda finding: (ORDER.index(finding.verdict), finding.subject, finding.control))
    names = ("verdict", "结论"), ("subject", "对象"), ("control", "控制项"), ("what was seen", "所见")
    columns = [say(en, zh, language) for en, zh in names]
    if shown:
        console.show(console.table(columns, [_row(catalogue, finding, words) for finding in shown]))
    counts = summary(run.findings)
    parts = [f"{words(f'verdict.{verdict}')} {counts[verdict]}" for verdict in ORDER if counts[verdict]]
    console.show(
        say(f"{len(run.findings)} findings: ", f"共 {len(run.findings)} 项：", language) + say(", ", "，", language).join(parts)
    )
    if counts[Verdict.MANUAL_DUE] and not everything:
        console.show(
            say(
                "Papers and inspections that are due are listed with --all and in the report.",
                "待提供的文件与待人工检查的项目可用 --all 列出，报告中亦有。",
                language,
            )
        )


def _row(catalogue: Catalogue, finding: Finding, words: Say) -> list[Any]:
    from rich.text import Text

    from reports.wording import filled

    control = catalogue.controls[finding.control]
    verdict = Text(words(f"verdict.{finding.verdict}"), style=STYLES[finding.verdict])
    title = filled(control.title, control, finding.parameters, words)
    return [verdict, finding.subject, f"{title}\n{finding.control}", _seen(finding, words.lang)]


def _seen(finding: Finding, language: Language) -> str:
    """Give the reason, and of the rows the worst; the rest by number."""
    from reports.reasons import said

    parts = [said(finding.reason, language), _worst(finding, language)]
    return say(": ", "：", language).join(filter(None, parts))


def _worst(finding: Finding, language: Language) -> str:
    if not finding.evidence:
        return ""
    first = {column: cell for column, cell in finding.evidence[0].items() if column != "ok"}
    text = ", ".join(f"{column}={'–' if cell is None or cell == '' else cell}" for column, cell in first.items())
    text = " ".join(text.split("\n"))
    if len(text) > EVIDENCE_WIDTH:
        whole = say(f"… ({len(text)} characters; whole with --json)", f"…（共 {len(text)} 字，全文见 --json）", language)
        text = text[:EVIDENCE_WIDTH] + whole
    more = finding.evidence_total - 1
    return text + say(f" (+{more} rows)", f"（另有 {more} 行）", language) if more > 0 else text
