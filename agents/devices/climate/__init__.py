# SPDX-License-Identifier: Apache-2.0
"""The families of temperature and humidity sensors, the generic one last: it is asked only where no maker's own answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.devices.climate import akcp, apc, avtech, cards, entity, gude, hwgroup, raritan, rittal, wut

if TYPE_CHECKING:
    from agents.devices.climate.family import SensorFamily

FAMILIES: Final[tuple[SensorFamily, ...]] = (
    apc.POWERNET,
    *apc.NETBOTZ,
    akcp.FAMILY,
    hwgroup.FAMILY,
    gude.FAMILY,
    avtech.FAMILY,
    wut.FAMILY,
    rittal.CMC_III,
    rittal.CMC_TC,
    raritan.FAMILY,
    cards.EATON,
    cards.MGE,
    cards.CYBERPOWER,
    cards.TRIPPLITE,
    cards.DELTA,
    cards.GEIST,
)
GENERIC: Final = entity.FAMILY
