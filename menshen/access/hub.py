# SPDX-License-Identifier: Apache-2.0
"""How the inventory says that a host is not gone to: `menshen_through: hub`, its osqueryd reports by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from menshen.language import say
from policies.compile.question import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping


def check(name: str, kind: str, variables: Mapping[str, Any], problems: list[str]) -> None:
    """Add to `problems` what is wrong with `menshen_through`."""
    through = variables.get("menshen_through")
    if through != "hub":
        problems.append(
            say(f"{name}: menshen_through is {through!r}, not hub", f"{name}：menshen_through 为 {through!r}，应为 hub")
        )
    elif kind not in KINDS:
        problems.append(
            say(
                f"{name}: menshen_through: hub is for kinds {' '.join(KINDS)}, not {kind}",
                f"{name}：menshen_through: hub 只适用于 {' '.join(KINDS)}，不适用于 {kind}",
            )
        )
