# SPDX-License-Identifier: Apache-2.0
"""How the inventory says a host is reached by SSH: in Ansible's own words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents.connections.target import KNOWN_HOSTS, PORT, Target
from menshen.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECTIONS: Final = frozenset({"ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh", "ansible.builtin.paramiko_ssh"})
_YES: Final = frozenset({"1", "true", "yes", "on", "y", "t"})
_PORTS: Final = range(1, 65536)


def target(name: str, variables: Mapping[str, Any], problems: list[str]) -> Target:
    """Read the address, port, account and keys of a host; what is wrong with them is added to `problems`."""
    return Target(
        address=_text(variables, "ansible_host", "ansible_ssh_host") or name,
        port=_port(name, variables, problems),
        user=_text(variables, "ansible_user", "ansible_ssh_user"),
        key_file=_path(_text(variables, "ansible_ssh_private_key_file", "ansible_private_key_file")),
        known_hosts=_known_hosts(variables),
        as_root=_text(variables, "ansible_become").lower() in _YES,
    )


def _text(variables: Mapping[str, Any], *names: str) -> str:
    return next((str(variables[name]).strip() for name in names if variables.get(name) not in {None, ""}), "")


def _port(name: str, variables: Mapping[str, Any], problems: list[str]) -> int:
    text = _text(variables, "ansible_port", "ansible_ssh_port") or str(PORT)
    if text.isascii() and text.isdigit() and int(text) in _PORTS:
        return int(text)
    problems.append(say(f"{name}: ansible_port is {text!r}, no port number", f"{name}：ansible_port 为 {text!r}，不是端口号"))
    return PORT


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _known_hosts(variables: Mapping[str, Any]) -> tuple[Path, ...]:
    given = variables.get("menshen_ssh_known_hosts")
    files = given if isinstance(given, list) else [given] if given else []
    return tuple(Path(str(file)) for file in files) or KNOWN_HOSTS
