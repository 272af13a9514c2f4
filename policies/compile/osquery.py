# SPDX-License-Identifier: Apache-2.0
"""Rules as an osquery pack: osqueryd runs them by itself, a host that nobody logs in to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from policies.compile.query import extension_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policies.resolve import Resolved

INTERVAL: Final = 3600
# What a rule's `when` is scheduled as: beside the rule, since old clients know no condition but a whole pack's.
WHEN: Final = ".when"
CONFIGURATION: Final = "osquery.conf"
PACKS: Final = "packs"
# Where osqueryd's own packages look for packs.
FOLDERS: Final[Mapping[str, str]] = {
    "linux": "/etc/osquery/packs",
    "windows": r"C:\Program Files\osquery\packs",
}
OPTIONS: Final[Mapping[str, Any]] = {
    "disable_events": True,
    "extensions_default_index": True,
    "host_identifier": "uuid",
    "schedule_splay_percent": 10,
}


def files(rules: Iterable[Resolved], name: str) -> dict[str, str]:
    """Give relative path -> text of a configuration a kind, and its packs; `name` is the baseline's.

    Rules that ask Menshen's own tables stand in a pack of their own, which osqueryd leaves out as long as the extension is
    not there (its discovery asks only osquery's core tables). Every query is a snapshot, hourly.
    """
    found: dict[str, str] = {}
    by_kind: dict[str, list[Resolved]] = {}
    for rule in rules:
        by_kind.setdefault(rule.kind, []).append(rule)
    for kind, chosen in by_kind.items():
        packs = _packs(chosen, name, kind)
        folder = FOLDERS[kind]
        separator = "\\" if kind == "windows" else "/"
        places = {pack: f"{folder}{separator}{pack}.conf" for pack in packs}
        found[f"{kind}/{CONFIGURATION}"] = _text({"options": OPTIONS, "packs": places})
        found.update({f"{kind}/{PACKS}/{pack}.conf": _text(content) for pack, content in packs.items()})
    return found


def _packs(rules: Iterable[Resolved], name: str, kind: str) -> dict[str, dict[str, Any]]:
    core: dict[str, Any] = {}
    extended: dict[str, Any] = {}
    needed: set[str] = set()
    for rule in rules:
        own = extension_tables(rule)
        needed.update(own)
        (extended if own else core).update(_queries(rule))
    packs: dict[str, dict[str, Any]] = {f"menshen_{name}": {"platform": kind, "queries": core}}
    if extended:
        discovery = [_served(table) for table in sorted(needed)]
        packs[f"menshen_{name}_extension"] = {"platform": kind, "discovery": discovery, "queries": extended}
    return packs


def _queries(rule: Resolved) -> dict[str, Any]:
    asked = {rule.control: rule.observe} | ({f"{rule.control}{WHEN}": rule.when} if rule.when else {})
    return {
        name: {
            "query": sql.strip(),
            "interval": INTERVAL,
            "snapshot": True,
            "description": rule.title.en,
            "value": rule.title.zh,
        }
        for name, sql in asked.items()
    }


def _served(table: str) -> str:
    return f"SELECT 1 FROM osquery_registry WHERE registry = 'table' AND active = 1 AND name = '{table}'"  # noqa: S608 - a name of our schema


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
