# SPDX-License-Identifier: Apache-2.0
"""What the ways read from the inventory in the same manner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from menshen.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

_PORTS: Final = range(1, 65536)


def text(variables: Mapping[str, Any], *names: str) -> str:
    """Give the first of some variables that is not empty."""
    return next((str(variables[name]).strip() for name in names if variables.get(name) not in {None, ""}), "")


def port(name: str, variables: Mapping[str, Any], default: int, problems: list[str], *names: str) -> int:
    """Read a port; what is none is added to `problems`."""
    given = text(variables, *names) or str(default)
    if given.isascii() and given.isdigit() and int(given) in _PORTS:
        return int(given)
    problems.append(say(f"{name}: ansible_port is {given!r}, no port number", f"{name}：ansible_port 为 {given!r}，不是端口号"))
    return default
