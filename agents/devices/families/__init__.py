# SPDX-License-Identifier: Apache-2.0
"""The families of UPS cards, in the order in which they are believed: a maker's own MIB before the standard it maps it to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.devices.families import (
    cyberpower,
    delta,
    huawei,
    liebert,
    mge,
    powernet,
    ppc,
    riello,
    socomec,
    tripplite,
    ups_mib,
    xups,
)

if TYPE_CHECKING:
    from agents.devices.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    powernet.FAMILY,
    mge.FAMILY,
    xups.FAMILY,
    cyberpower.FAMILY,
    ppc.FAMILY,
    delta.FAMILY,
    huawei.FAMILY,
    socomec.NETVISION_6,
    socomec.NETVISION_5,
    riello.FAMILY,
    tripplite.FAMILY,
    ups_mib.FAMILY,
    liebert.FAMILY,
)
