# SPDX-License-Identifier: Apache-2.0
"""A family of UPS cards: one MIB, how it is recognised, and its readings as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.devices.point import Point


@dataclass(frozen=True, slots=True)
class Family:
    """One MIB. It is there when something answers below `root`, whatever the card's sysObjectID says.

    `enterprise` is what the sysObjectID of its maker's cards begins with; `walks` are the subtrees read when a device is
    learnt; `vendor` names the maker where the card does not. Points of one column stand in order of
    preference. One that `lags` behind the others on its own cards is believed last.
    """

    name: str
    root: str
    walks: tuple[str, ...]
    points: tuple[Point, ...]
    enterprise: str = ""
    vendor: str = ""
    lags: bool = False
