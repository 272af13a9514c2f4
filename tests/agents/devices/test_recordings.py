# SPDX-License-Identifier: Apache-2.0
"""Every public recording, served by snmpsim: what is read is what is expected, or a reasoned unknown.

Rules of comparison. A figure is right when one of the MIBs of the card says it (scaled as the MIB or NUT says), within one of
its unit; LibreNMS is a second opinion. What a real card says and cannot be true is listed in `DISTRUSTED` and must be unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess

import devices
import pytest
import system

from agents.connections import snmp_engine
from agents.connections.snmp_line import SnmpLine
from agents.connections.snmp_target import SnmpTarget
from agents.devices.snmp_device import SnmpDevice

pytestmark = pytest.mark.slow

# Recording -> the columns of which its figure cannot be true.
DISTRUSTED = {
    "eastpower-istars-swv053": {"runtime_minutes"},
    "eaton-93e-80": {"runtime_minutes"},
    "eaton-mgeups_5px": {"battery_temperature_c"},
    "huaweiups_ups2000": {"runtime_minutes"},
    "netagent2": {"runtime_minutes"},
    "phoenixtec-power": {"runtime_minutes"},
}
# Where a card's own MIB knows better than the standard it maps it to, and NUT agrees: (recording, column) -> its figure.
BETTER = {("phoenixtec-power", "load_percent"): 2.0}
# Column -> what the recordings' decoders call it, with the factor to the column's unit.
NAMES = {
    "charge_percent": {"chargePct": 1, "chargePct_hp": 1},
    "runtime_minutes": {"minutesRemaining": 1, "runtime_min": 1, "runtime_s": 1 / 60},
    "load_percent": {"loadPct": 1, "loadPct_hp": 1, "loadPctPerPhase": 1},
    "battery_temperature_c": {"batteryTempC": 1, "batteryTempC_hp": 1},
}
CLASSES = {"charge": "charge_percent", "load": "load_percent"}
STATUS = {
    "outputSource": {3: "online", 4: "bypass", 5: "on_battery"},
    "upsBasicOutputStatus": {2: "online"},
    "outputStatus": {2: "online"},
}
SENSOR_CLASSES = {"temperature": {"temperature", "dew_point", "dew_point_distance", "device_temperature"}, "humidity": {"humidity"}}


def names(kind):
    """Name the recordings; where there are none one name stands for them, whose test skips with the reason."""
    found = [path.name.removesuffix(".expected.json") for path in devices.RECORDINGS.glob(f"{kind}/*.expected.json")]
    return sorted(found) or ["none"]


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Serve all recordings."""
    data, folder = tmp_path_factory.mktemp("recordings"), tmp_path_factory.mktemp("snmpsim")
    for kind in ("ups", "env"):
        for path in devices.recordings(kind):
            shutil.copy(path.with_name(path.name.replace(".expected.json", ".snmprec")), data)
    with devices.snmpsim(data, folder, "apc_smx750") as found:
        yield found


def look(port, community, kind):
    """Look at one recording."""

    async def once():
        try:
            return await SnmpDevice(community, kind, SnmpLine(SnmpTarget("127.0.0.1", port, community=community))).look()
        finally:
            snmp_engine.close()

    return asyncio.run(once())


def decoded(expected, column):
    """List the figures the MIBs of a recording give for a column."""
    found = []
    for figures in expected["raw_decoded"].values():
        for name, factor in NAMES[column].items():
            value = figures.get(name)
            listed = [one for one in value if one is not None] if isinstance(value, list) else [] if value is None else [value]
            found += [max(listed) * factor] if listed else []
    second = [one["value"] for one in expected.get("librenms_expected", []) if CLASSES.get(one["class"]) == column]
    return found + ([max(second)] if second else [])


@pytest.mark.parametrize("name", names("ups"))
def test_ups(port, name):
    """A recorded UPS gives the figures its MIBs give, or says why they are not known; bogus ones are never believed."""
    expected = devices.expected(devices.RECORDINGS / "ups" / f"{name}.expected.json")
    reading = look(port, name, "ups").ups

    for column in NAMES:
        value, figures = getattr(reading, column), decoded(expected, column)
        figures = [BETTER[name, column]] if (name, column) in BETTER else figures
        if column in DISTRUSTED.get(name, ()) or value is None:
            assert (column, None) == (column, value)
            assert reading.unknown[column]
            assert not figures or column in DISTRUSTED.get(name, ())
        else:
            assert figures == [] or any(abs(value - one) <= 1 for one in figures), (column, value, figures)
    states = {STATUS[key][value] for figures in expected["raw_decoded"].values() for key, value in figures.items() if key in STATUS}
    assert states <= {reading.status}


@pytest.mark.parametrize("name", names("env"))
def test_sensor(port, name):
    """Every temperature and humidity of a recorded sensor is among the rows, or a row says why it is not believed."""
    expected = devices.expected(devices.RECORDINGS / "env" / f"{name}.expected.json")
    rows = look(port, name, "sensor").climate

    missing = []
    for one in expected["librenms_expected"]:
        kinds = SENSOR_CLASSES.get(one["class"], set())
        values = [row.value for row in rows if row.kind in kinds and row.value is not None]
        refused = [row for row in rows if row.kind in kinds and row.value is None and row.reason]
        # A value that the device itself takes back (probe offline, -1) has a row of the same name with the reason.
        told = any(one["descr"] == row.probe or one["value"] == -1 for row in refused)
        if kinds and not told and not any(abs(value - one["value"]) <= 0.05 for value in values):
            missing.append((one["class"], one["descr"], one["value"]))
    assert [] == missing
    assert all(bool(row.reason) != row.ok_reading for row in rows)


def test_polls_repeat_the_look(port):
    """A poll of what was learnt gives the reading again, with a fraction of the questions."""

    async def twice():
        line = Counting(SnmpTarget("127.0.0.1", port, community="eaton-93e-80"))
        device = SnmpDevice("ups_a", "ups", line)
        try:
            first = (await device.look()).ups
            learnt, line.asked = line.asked, 0
            return first, (await device.look()).ups, learnt, line.asked
        finally:
            snmp_engine.close()

    first, second, learnt, polled = asyncio.run(twice())

    assert first.row() | {"read_at": 0} == second.row() | {"read_at": 0}
    assert polled <= 3 < learnt


class Counting(SnmpLine):
    """A line that counts its requests."""

    asked = 0

    async def _ask(self, *arguments):
        self.asked += 1
        return await super()._ask(*arguments)


# What NUT's own driver is known to get wrong, or not to give, on these recordings.
NUT_WRONG = {
    ("huaweiups_ups2000", "battery.runtime"),
    ("eaton-93e-80", "battery.runtime"),
    ("eastpower-istars-swv053", "battery.runtime"),
    ("phoenixtec-power", "battery.runtime"),
}
NUT_COLUMNS = {"battery.charge": ("charge_percent", 1), "battery.runtime": ("runtime_minutes", 60), "ups.load": ("load_percent", 1)}
# 5 of 18 give no answer to it (facts), one of them hangs; these answer in a second or two.
NUT_ANSWERS = [
    "apc_smx750",
    "apc_symmetralx",
    "cyberpower_pr2200rt2uc",
    "eaton-93e-80",
    "generex-ups_cs121",
    "istars",
    "phoenixtec-power",
    "poweralert_2",
]


@pytest.mark.parametrize("name", NUT_ANSWERS)
def test_beside_nut(port, name):
    """NUT's snmp-ups, asked in the same run, agrees on charge, runtime and load, but where it repeats what cannot be true."""
    devices.recordings("ups")
    system.need("upsc")
    driver = "/lib/nut/snmp-ups"
    options = [f"port=127.0.0.1:{port}", f"community={name}", "snmp_version=v2c", "mibs=auto", "snmp_timeout=2", "snmp_retries=1"]
    command = [driver, "-s", "x", "-u", "root", *(word for one in options for word in ("-x", one)), "-d", "1"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    variables = {}
    for line in said.splitlines():
        with contextlib.suppress(ValueError):
            variables[line.partition(":")[0]] = float(line.partition(":")[2])
    reading = look(port, name, "ups").ups

    assert variables, said
    for variable, (column, factor) in NUT_COLUMNS.items():
        if variable in variables and (name, variable) not in NUT_WRONG:
            assert (column, pytest.approx(variables[variable] / factor, abs=1)) == (column, getattr(reading, column))
        elif (name, variable) in NUT_WRONG:
            assert (column, None) == (column, getattr(reading, column))
