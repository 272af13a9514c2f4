# SPDX-License-Identifier: Apache-2.0
"""MG-SNMP-UPS-MIB: MGE's cards, and Eaton's and APC's after them. Voltages in tenths; flags are 1 yes, 2 no."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Point
from agents.devices.reading import Status

ROOT: Final = "1.3.6.1.4.1.705.1"
_YES_NO: Final = {1: True, 2: False}

FAMILY: Final = Family(
    name="MG-SNMP-UPS-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.705",
    vendor="MGE",
    walks=(f"{ROOT}.1", f"{ROOT}.5", f"{ROOT}.6.2", f"{ROOT}.7"),
    points=(
        Point("model", f"{ROOT}.1.1.0", is_text=True),
        Point("serial", f"{ROOT}.1.7.0", is_text=True),
        # Three flags instead of one state: the graver one counts (see `merge`).
        Point("status", f"{ROOT}.7.3.0", means={1: Status.ON_BATTERY, 2: Status.ONLINE}),
        Point("status", f"{ROOT}.7.4.0", means={1: Status.BYPASS, 2: Status.ONLINE}),
        Point("status", f"{ROOT}.7.7.0", means={1: Status.OFF, 2: Status.ONLINE}),
        Point("battery_low", f"{ROOT}.5.14.0", means=_YES_NO),
        Point("battery_low", f"{ROOT}.5.16.0", means=_YES_NO),
        Point("battery_replace", f"{ROOT}.5.11.0", means=_YES_NO),
        Point("battery_replace", f"{ROOT}.5.9.0", means=_YES_NO),
        Point("charge_percent", f"{ROOT}.5.2.0"),
        Point("runtime_minutes", f"{ROOT}.5.1.0", scale=1 / 60),
        Point("load_percent", f"{ROOT}.7.2.1.4", fold=Fold.MAX),
        # The MIB says tenths of a degree; the cards give whole ones.
        Point("battery_temperature_c", f"{ROOT}.5.7.0", tenths_above=80),
        Point("input_voltage", f"{ROOT}.6.2.1.2", scale=0.1, fold=Fold.LOWEST_USED),
    ),
)
