# SPDX-License-Identifier: Apache-2.0
import pytest

from agents.devices import dates, merge
from agents.devices.families import FAMILIES, mge, powernet, ups_mib, xups
from agents.devices.raw import Oid, Values
from agents.devices.reading import Status, TestResult

UPS = ups_mib.ROOT
HEALTHY = {
    f"{UPS}.2.1.0": 2,
    f"{UPS}.2.2.0": 0,
    f"{UPS}.2.3.0": 150,
    f"{UPS}.2.4.0": 100,
    f"{UPS}.2.7.0": 24,
    f"{UPS}.3.3.1.3.1": 230,
    f"{UPS}.4.1.0": 3,
    f"{UPS}.4.4.1.5.1": 31,
    f"{UPS}.6.1.0": 0,
    f"{UPS}.7.3.0": 6,
}
NOW = 1_800_000_000.0


def reading(*families, uptime=None, **changes):
    """Read a healthy UPS with some values changed: `_4_1_0=5` sets 4.1.0 below UPS-MIB, None takes it away."""
    values = HEALTHY | {f"{UPS}{oid.replace('_', '.')}": value for oid, value in changes.items()}
    return merge.reading(
        "ups_a",
        families or [ups_mib.FAMILY],
        Values({oid: value for oid, value in values.items() if value is not None}),
        now=NOW,
        uptime=uptime,
    )


def test_healthy():
    """A healthy UPS gives all it has, and says of the rest why it is not known."""
    healthy = reading()

    assert (Status.ONLINE, 100.0, 150.0, 31.0, 0, 24.0, 230.0, False, False) == (
        healthy.status,
        healthy.charge_percent,
        healthy.runtime_minutes,
        healthy.load_percent,
        healthy.seconds_on_battery,
        healthy.battery_temperature_c,
        healthy.input_voltage,
        healthy.battery_low,
        healthy.battery_replace,
    )
    assert {"vendor", "model", "serial", "last_test_date"} == set(healthy.unknown)


# The bogus values that real devices gave: what is set, the column that must not be believed, a word of the reason.
BOGUS = [
    ({"_2_3_0": 4294967295}, "runtime_minutes", "not known"),
    ({"_2_3_0": 65535}, "runtime_minutes", "not known"),
    ({"_2_3_0": 1092}, "runtime_minutes", "65535 seconds"),
    ({"_2_3_0": 0}, "runtime_minutes", "0 minutes at 100 %"),
    ({"_2_3_0": -1}, "runtime_minutes", "not known"),
    ({"_2_3_0": 20000}, "runtime_minutes", "outside"),
    ({"_2_4_0": -1}, "charge_percent", "not known"),
    ({"_2_4_0": 0}, "charge_percent", "0 % charge"),
    ({"_2_4_0": 101}, "charge_percent", "outside"),
    ({"_2_4_0": b""}, "charge_percent", "no number"),
    ({"_2_4_0": None}, "charge_percent", "does not give"),
    ({"_2_7_0": -273}, "battery_temperature_c", "outside"),
    ({"_2_7_0": -272}, "battery_temperature_c", "outside"),
    ({"_2_7_0": 0}, "battery_temperature_c", "without a sensor"),
    ({"_2_7_0": -1}, "battery_temperature_c", "not known"),
    ({"_4_1_0": 1}, "status", "other(1)"),
    ({"_4_1_0": 0}, "status", "state 0"),
    ({"_4_1_0": 9}, "status", "state 9"),
    ({"_4_4_1_5_1": 0, "_4_4_1_4_1": 1200}, "load_percent", "carries current"),
    ({"_4_4_1_5_1": -1}, "load_percent", "not known"),
    ({"_4_4_1_5_1": 4041}, "load_percent", "outside"),
    ({"_3_3_1_3_1": 0}, "input_voltage", "0 V while"),
    ({"_7_3_0": 0}, "last_test_result", "state 0"),
    ({"_2_2_0": 600}, "seconds_on_battery", "not on battery"),
    ({"_2_1_0": 1}, "battery_low", "does not know"),
]


@pytest.mark.parametrize(("changes", "column", "word"), BOGUS)
def test_bogus_values(changes, column, word):
    """A value that cannot be true is unknown with its reason, never 0 and never true; the others stay known."""
    found = reading(**changes)

    assert (Status.UNKNOWN if column == "status" else None) == getattr(found, column)
    assert word in found.unknown[column]
    assert {"vendor", "model", "serial", "last_test_date", column} == set(found.unknown)


def test_drained_battery():
    """On battery and low, 0 minutes and 0 percent are true."""
    drained = reading(_4_1_0=5, _2_1_0=3, _2_3_0=0, _2_4_0=0, _2_2_0=900, _3_3_1_3_1=0)

    assert (Status.ON_BATTERY, True, 0.0, 0.0, 900, 0.0) == (
        drained.status,
        drained.battery_low,
        drained.runtime_minutes,
        drained.charge_percent,
        drained.seconds_on_battery,
        drained.input_voltage,
    )


@pytest.mark.parametrize(
    ("source", "status"), [(2, "off"), (3, "online"), (4, "bypass"), (5, "on_battery"), (6, "online"), (7, "online")]
)
def test_sources(source, status):
    """Boost and trim are normal operation; bypass is not an outage but no protection either."""
    assert status == reading(_4_1_0=source).status


def test_self_test_and_outage_during_it():
    """Battery during a test is a test while the mains are there, an outage when they are not; `upsTestId` proves nothing."""
    assert Status.TEST == reading(_4_1_0=5, _7_3_0=5).status
    assert Status.ON_BATTERY == reading(_4_1_0=5, _7_3_0=5, _3_3_1_3_1=0).status
    assert Status.ONLINE == reading(_7_1_0=Oid(f"{UPS}.7.7.4"), _7_3_0=1).status


def test_apc_self_test():
    """APC's states 15 and 28 are tests although the battery carries the load; 3 is an outage."""
    states = {15: Status.TEST, 28: Status.TEST, 3: Status.ON_BATTERY, 6: Status.BYPASS, 12: Status.ONLINE}
    values = [{f"{powernet.ROOT}.4.1.1.0": state, f"{powernet.ROOT}.3.3.1.0": 2301} for state in states]

    found = [merge.reading("a", [powernet.FAMILY], Values(one), now=NOW, uptime=None).status for one in values]

    assert list(states.values()) == found


def test_graver_state_counts():
    """Where the MIBs of a card disagree about its state, the graver one counts, whichever it stands in."""
    values = HEALTHY | {f"{mge.ROOT}.7.3.0": 1, f"{mge.ROOT}.7.4.0": 2}

    assert Status.ON_BATTERY == merge.reading("a", FAMILIES, Values(values), now=NOW, uptime=None).status
    assert (
        Status.ON_BATTERY
        == merge.reading("a", FAMILIES, Values(values | {f"{mge.ROOT}.7.3.0": 2, f"{UPS}.4.1.0": 5}), now=NOW, uptime=None).status
    )


def test_first_possible_number_counts():
    """A maker's own MIB goes before the standard, and gives way where its number is none."""
    own = HEALTHY | {f"{xups.ROOT}.2.1.0": 2594}

    assert 43.2333 == merge.reading("a", FAMILIES, Values(own), now=NOW, uptime=None).runtime_minutes
    assert 150.0 == merge.reading("a", FAMILIES, Values(own | {f"{xups.ROOT}.2.1.0": 65535}), now=NOW, uptime=None).runtime_minutes


def test_alarm_table():
    """The alarm table names a bad and a low battery; a count without its rows leaves both open."""
    bad = reading(_6_1_0=1, _6_2_1_2_7=Oid(f"{UPS}.6.3.1"))
    low = reading(_6_1_0=1, _6_2_1_2_7=Oid(f"{UPS}.6.3.3"))
    rows_missing = reading(_6_1_0=2)

    assert (True, False, 1) == (bad.battery_replace, bad.battery_low, bad.alarms)
    assert (False, True) == (low.battery_replace, low.battery_low)
    assert (None, 2) == (rows_missing.battery_replace, rows_missing.alarms)


def test_card_that_lost_its_ups():
    """A card that answers but has lost its UPS serves old values, and says so itself."""
    apc = Values({powernet.COMMUNICATION: 2, f"{powernet.ROOT}.4.1.1.0": 2})
    standard = Values({f"{ups_mib.ALARM_TABLE}.1": Oid(ups_mib.ALARM_COMMUNICATIONS_LOST)})

    assert merge.lost(apc)
    assert merge.lost(standard)
    assert not merge.lost(Values(HEALTHY))


def test_test_date():
    """The standard dates a test by uptime: it becomes a day; a test that never ran has none."""
    day = 8_640_000
    ran = reading(uptime=10 * day, _7_3_0=1, _7_5_0=8 * day)
    never = reading(uptime=10 * day, _7_3_0=6, _7_5_0=0)

    assert ("2027-01-13", TestResult.PASSED) == (ran.last_test_date, ran.last_test_result)
    assert (None, TestResult.NONE) == (never.last_test_date, never.last_test_result)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("12/11/2022", "2022-12-11"),
        ("2020-05-26", "2020-05-26"),
        ("04/30/25", "2025-04-30"),
        ("2001/00/00", None),
        ("Unknown", None),
    ],
)
def test_written_dates(text, date):
    """Dates as cards write them become one form; what is none stays unknown."""
    assert date == dates.written(text)
