# SPDX-License-Identifier: Apache-2.0
"""Put values, their origin and evidence rows into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import template
from policies.manual import EVERY_DAYS
from reports.report import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.control import Control
    from policies.text import Text
    from policies.verdict import Cell
    from reports.words import Say

ROWS_SHOWN = 3
MEMBERS_SHOWN = 12
# One cell of evidence is shown up to here and says so; the whole stands in the evidence that travels with the report.
CHARACTERS_SHOWN = 1200


def plain(value: object, say: Say) -> str:
    """Write one value as people read it."""
    if value is None or value in ("", []):
        return say("value.none")
    if isinstance(value, float):
        return f"{value:g}"
    return template.spoken([str(one) for one in value] if isinstance(value, list | tuple) else value, say.lang)  # type: ignore[arg-type]


def filled(text: Text, control: Control, values: Mapping[str, Any], say: Say) -> str:
    """Give a title or remedy with the values in it; a value that is not given is the control's default."""
    chosen = {name: parameter.default for name, parameter in control.parameters.items()} | dict(values)
    return template.in_words(text.in_language(say.lang), chosen, say.lang)


def values(control: Control, chosen: Mapping[str, Any], say: Say) -> str:
    """List the values a subject was judged against, with units."""
    parts = []
    for name, parameter in control.parameters.items():
        if name in chosen and name != EVERY_DAYS:
            unit = say.unit(parameter.unit) if parameter.unit else ""
            text = f"{_short(chosen[name], say)} {unit}".replace(" %", "%").rstrip()
            parts.append(say("value.pair", name=parameter.title.in_language(say.lang), value=text))
    return say("list.semicolon").join(parts)


def _short(value: object, say: Say) -> str:
    """Write a value; of a long list the beginning and how many there are."""
    if isinstance(value, list | tuple) and len(value) > MEMBERS_SHOWN:
        return say("more_members", shown=plain(value[:MEMBERS_SHOWN], say), n=len(value))
    return plain(value, say)


def origin(control: Control, provenance: Mapping[str, Any], say: Say) -> str:
    """Say where the values come from; parameters of the same origin are not repeated."""
    said = [_origin(provenance[name], say) for name in control.parameters if name in provenance and name != EVERY_DAYS]
    return say("list.semicolon").join(dict.fromkeys(said))


def _origin(entry: Mapping[str, Any], say: Say) -> str:
    bank = entry.get("bank")
    kind = "bank" if bank and entry["origin"] == "baseline" else entry["origin"]
    text = say(f"origin.{kind}", name=entry.get("name", ""), bank=bank)
    if entry.get("clause"):
        text = say("origin.clause", origin=text, clause=entry["clause"])
    merged = [
        say("origin.merged_one", who=one.get("bank") or one.get("name", ""), value=plain(one.get("value"), say))
        for one in entry.get("merged_from") or ()
    ]
    return say("origin.merged", origin=text, others=say.join(merged)) if len(merged) > 1 else text


def evidence(rows: Sequence[Mapping[str, Cell]], total: int, say: Say) -> Seen:
    """Write the rows that are not ok (all, where every one is), at most three, and how many more there are."""
    bad = [row for row in rows if row.get("ok") in {0, "0"}] or list(rows)
    lines = [_row(row, say) for row in bad[:ROWS_SHOWN]]
    hidden = max(len(bad), total if len(bad) == len(rows) else 0) - len(lines)
    if hidden > 0:
        lines.append(say("more_rows", n=hidden))
    return Seen("\n".join(lines) or say("no_evidence"))


def _row(row: Mapping[str, Cell], say: Say) -> str:
    text = say("list.semicolon").join(f"{name} = {_cell(cell, say)}" for name, cell in row.items() if name != "ok")
    # A line break inside a value would look like another row.
    text = " ".join(text.split("\n"))
    if len(text) <= CHARACTERS_SHOWN:
        return text
    return text[:CHARACTERS_SHOWN] + say("more_text", n=len(text))


def _cell(cell: Cell, say: Say) -> str:
    return say("value.none") if cell is None or cell == "" else f"{cell:g}" if isinstance(cell, float) else str(cell)


def source(name: str, say: Say) -> Seen:
    """Name by which means something was looked at; where nobody could look, say so."""
    means, _, way = name.partition("/")
    return Seen(say("source.none", way=way) if means == "none" else name)
