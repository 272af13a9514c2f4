# SPDX-License-Identifier: Apache-2.0
"""The packet filter the kernel has loaded, as nft prints it in JSON (libnftables-json(5))."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from agents.host import needs_root
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.host import Host
    from agents.source import Ask, Row

VERDICTS: Final = frozenset({"accept", "drop", "reject", "return", "continue", "queue", "jump", "goto"})


def nft_chains(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the chains; type, hook, priority and policy are NULL where a chain is not a base chain.

    Raises:
        NotObservedError: not root, no nft on the host (rules may be loaded all the same), or an answer of another shape.
    """
    del ask
    yield from chains(_ruleset(host))


def nft_rules(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the rules in their order; `verdict` is that of the last statement, `jump` and `goto` with their chain.

    `destination_port` holds the ports a rule matches: `22`, `80,443`, `6000-6010`, `!=22`, `@name` of a set; NULL without any.
    Raises as `nft_chains`.
    """
    del ask
    yield from rules(_ruleset(host))


def _ruleset(host: Host) -> str:
    if host.live and os.geteuid():
        raise NotObservedError(needs_root("the loaded nftables rules"))
    return host.run("nft", "-j", "list", "ruleset")


def chains(printed: str) -> Iterator[Row]:
    """Read the chains of `nft -j list ruleset`. Raises NotObservedError where it has another shape."""
    for chain in _objects(printed, "chain"):
        yield {
            "family": chain["family"],
            "table_name": chain["table"],
            "name": chain["name"],
            "type": chain.get("type"),
            "hook": chain.get("hook"),
            "priority": chain.get("prio"),
            "policy": chain.get("policy"),
        }


def rules(printed: str) -> Iterator[Row]:
    """Read the rules of `nft -j list ruleset`. Raises NotObservedError where it has another shape."""
    for rule in _objects(printed, "rule"):
        statements = [one for one in _list(rule.get("expr", [])) if isinstance(one, dict)]
        yield {
            "family": rule["family"],
            "table_name": rule["table"],
            "chain": rule["chain"],
            "handle": rule.get("handle"),
            "verdict": _verdict(statements[-1]) if statements else None,
            "destination_port": next(filter(None, map(_port, statements)), None),
            "expression": json.dumps(rule.get("expr", []), ensure_ascii=False, separators=(",", ":")),
        }


def _objects(printed: str, kind: str) -> Iterator[Mapping[str, Any]]:
    needed = {"chain": ("family", "table", "name"), "rule": ("family", "table", "chain")}[kind]
    try:
        found = json.loads(printed)
    except (ValueError, RecursionError) as error:
        message = f"nft printed no JSON: {error}"
        raise NotObservedError(message) from error
    for entry in _list(found.get("nftables") if isinstance(found, dict) else None):
        one = entry.get(kind) if isinstance(entry, dict) else None
        if one is None:
            continue
        if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in needed):
            message = f"nft printed a {kind} of an unknown shape"
            raise NotObservedError(message)
        yield one


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        message = "nft printed JSON of an unknown shape"
        raise NotObservedError(message)
    return value


def _verdict(statement: Mapping[str, Any]) -> str | None:
    for name, value in statement.items():
        if name in VERDICTS:
            target = value.get("target") if isinstance(value, dict) else None
            return f"{name} {target}" if isinstance(target, str) else name
    return None


def _port(statement: Mapping[str, Any]) -> str | None:
    match = statement.get("match")
    if not isinstance(match, dict) or not isinstance(match.get("left"), dict):
        return None
    payload = match["left"].get("payload")
    if not isinstance(payload, dict) or payload.get("field") != "dport":
        return None
    sign = "!=" if match.get("op") == "!=" else ""
    return sign + _ports(match.get("right"))


def _ports(value: object) -> str:
    if isinstance(value, dict) and isinstance(value.get("set"), list):
        return ",".join(map(_ports, value["set"]))
    if isinstance(value, dict) and isinstance(value.get("range"), list):
        return "-".join(map(str, value["range"]))
    return str(value) if isinstance(value, int | str) else json.dumps(value, separators=(",", ":"))
