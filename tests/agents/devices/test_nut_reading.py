# SPDX-License-Identifier: Apache-2.0
import devices
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.devices import nut_reading
from agents.devices.reading import Status

NOW = 1_800_000_000.0


def reading(status, **variables):
    named = {name.replace("_", "."): value for name, value in variables.items()}
    return nut_reading.reading("ups_c", {"ups.status": status, **named}, now=NOW)


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        ("OL", "online"),
        ("OL CHRG", "online"),
        ("OL DISCHRG", "online"),
        ("ALARM OL CHRG RB", "online"),
        ("OL TEST", "online"),  # snmp-ups sets TEST for ever
        ("OB DISCHRG", "on_battery"),
        ("OB LB DISCHRG", "on_battery"),
        ("FSD OL", "online"),
        ("OL BYPASS", "bypass"),
        ("OFF", "off"),
        ("OL CAL", "test"),
        ("OL OB", "unknown"),
        ("", "unknown"),
        ("WAIT", "unknown"),
    ],
)
def test_flags(flags, status):
    """NUT's flags become one state; what they cannot say is unknown."""
    assert status == reading(flags).status


def test_outage_during_calibration():
    """A calibration on battery is a test while the mains are there, and an outage when they are not."""
    assert Status.TEST == reading("OB CAL", input_voltage="230.1").status
    assert Status.ON_BATTERY == reading("OB CAL", input_voltage="0.0").status


def test_eaton_93pm():
    """Charge 0 and runtime 0 on mains are placeholders."""
    found = reading("OL", battery_charge="0.00", battery_runtime="0.00")

    assert (None, None) == (found.charge_percent, found.runtime_minutes)
    assert {"charge_percent", "runtime_minutes"} <= set(found.unknown)


def test_every_flag_at_once():
    """A driver that reads nothing says everything at once and 1 everywhere: none of it is believed."""
    found = reading("OL LB OVER RB BOOST", battery_charge="1", battery_runtime="1", ups_load="1.0", battery_temperature="-272")

    assert (Status.UNKNOWN, None, None, None, None, None) == (
        found.status,
        found.battery_low,
        found.battery_replace,
        found.charge_percent,
        found.load_percent,
        found.battery_temperature_c,
    )
    assert found.runtime_minutes is None


def test_three_phases():
    """A three-phase UPS gives its phases: the greatest load, the lowest voltage in use."""
    variables = {"ups.L1.load": "20", "ups.L2.load": "31", "input.L1-N.voltage": "231", "input.L2-N.voltage": "229"}
    found = nut_reading.reading("ups_c", {"ups.status": "OL", **variables}, now=NOW)

    assert (31.0, 229.0) == (found.load_percent, found.input_voltage)


def _dump(path):
    lines = path.with_name(path.name.replace(".expected.json", ".dev")).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("#")[0].partition(":") for line in lines if ":" in line.split("#")[0])
    return {name.strip(): value.strip() for name, _, value in pairs}


# What must not be believed of a recording, as facts about devices say.
DISTRUSTED = {
    "APC__Back-UPS_XS_1200": {"charge_percent", "runtime_minutes", "load_percent", "battery_temperature_c", "input_voltage"},
    "APC__Smart-UPS_2200": {"runtime_minutes"},
    "Eaton__93PM": {"charge_percent", "runtime_minutes"},
}
COLUMNS = {
    "charge_percent": ("battery.charge", 1),
    "runtime_minutes": ("battery.runtime", 60),
    "load_percent": ("ups.load", 1),
    "battery_temperature_c": ("battery.temperature", 1),
    "input_voltage": ("input.voltage", 1),
}


def test_recorded_dumps():
    """Each dump of a real device gives the values expected of it, or a reason; none of its bogus values is believed."""
    for path in devices.recordings("nut"):
        wanted = devices.expected(path)["expected"]
        found = nut_reading.reading(path.stem, _dump(path), now=NOW)
        distrusted = next((columns for name, columns in DISTRUSTED.items() if path.name.startswith(name)), set())
        for column, (variable, factor) in COLUMNS.items():
            value = getattr(found, column)
            if column in distrusted:
                assert (path.name, column, None) == (path.name, column, value)
                assert found.unknown[column]
            elif variable in wanted:
                assert (path.name, column, pytest.approx(float(wanted[variable]) / factor, abs=0.01)) == (path.name, column, value)


@given(
    st.dictionaries(
        st.sampled_from(["ups.status", *(name for name, _ in COLUMNS.values()), "ups.test.result", "device.model"]),
        st.text(max_size=40),
    )
)
def test_hostile_variables(variables):
    """Whatever upsd says, a reading comes of it."""
    found = nut_reading.reading("ups_c", variables, now=NOW)

    assert found.charge_percent is None or 0 <= found.charge_percent <= 100
