# SPDX-License-Identifier: Apache-2.0
"""How the inventory says a subject is reached: one file a way, each in the inventory's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from menshen.access import ssh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.connections.way import Way


def way(name: str, kind: str, variables: Mapping[str, Any], problems: list[str]) -> Way | None:
    """Read the way to a subject; None where it needs none or there is none. What is wrong with it is added to `problems`."""
    if kind == "linux" and variables.get("ansible_connection", "ssh") in ssh.CONNECTIONS:
        return ssh.target(name, variables, problems)
    return None
