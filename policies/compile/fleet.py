# SPDX-License-Identifier: Apache-2.0
"""Rules as Fleet's GitOps files: a policy a file below lib/, and a team that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from policies.compile.query import extension_tables, passing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.resolve import Resolved

_NOTE: Final = "Needs Menshen's osquery extension on the host (tables {}): without it Fleet shows no answer, which is not met."


def files(rules: Sequence[Resolved], name: str, title: str) -> dict[str, str]:
    """Give relative path -> text: `fleets/<name>.yml` names a policy file for every rule; `title` is the team's name."""
    found = {_path(rule): _yaml([_policy(rule)]) for rule in rules}
    team = {"name": title, "policies": [{"path": f"../{_path(rule)}"} for rule in rules]}
    return {f"fleets/{name}.yml": _yaml(team), **found}


def _path(rule: Resolved) -> str:
    return f"lib/{rule.kind}/policies/{rule.control}.yml"


def _policy(rule: Resolved) -> dict[str, Any]:
    own = extension_tables(rule)
    note = f" {_NOTE.format(', '.join(own))}" if own else ""
    return {
        # Fleet tells policies of one team apart by name alone.
        "name": f"{rule.title.zh} / {rule.title.en} [{rule.control}, {rule.kind}]",
        "query": passing(rule),
        "description": f"{rule.title.en}.{note}",
        "resolution": f"{rule.remedy.zh} / {rule.remedy.en}",
        "platform": rule.kind,
    }


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as a block, as people write SQL."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _block)


def _yaml(document: Any) -> str:
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
