# SPDX-License-Identifier: Apache-2.0
"""Who is judged: a subject, as the inventory describes it."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.connections.way import Way

LOCAL = "local"
# Its osqueryd reports to the hub: nobody goes there.
HUB = "hub"


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject.

    `baselines` are named, `banks` add theirs; `parameters` is control id -> parameter -> value, the inventory's own (only
    stricter) choice. `connection` is how it is reached (`local`, or Ansible's name of a connection), "" where nothing is known;
    `target` is the way to it, None where it needs none (this machine, the site) or there is none. `osquery_id` is the
    identifier, hardware UUID or serial number by which the hub knows its osqueryd, "" where its name must do.
    """

    name: str
    kind: str
    site: str = ""
    banks: tuple[str, ...] = ()
    baselines: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    connection: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    target: Way | None = None
    osquery_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give what the ledger remembers of a subject."""
        return {
            "name": self.name,
            "kind": self.kind,
            "site": self.site,
            "banks": list(self.banks),
            "baselines": list(self.baselines),
            "groups": list(self.groups),
            **self.facts,
        }


# Without an inventory this machine answers to every baseline that knows Linux hosts, merged to the strictest.
LOCAL_BASELINES = ("agent_pc", "linux_server")
SITE_NAME = "site"


def this_machine(baselines: tuple[str, ...] = (), banks: tuple[str, ...] = ()) -> list[Subject]:
    """Give the subjects of an audit without an inventory: this machine, and the site it stands in."""
    return [
        Subject(
            name=platform.node() or "localhost",
            kind="linux",
            banks=banks,
            baselines=baselines or LOCAL_BASELINES,
            connection=LOCAL,
        ),
        Subject(name=SITE_NAME, kind="site", banks=banks, baselines=("site",), connection=LOCAL),
    ]
