# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.devices import climate, merge
from agents.devices.families import FAMILIES
from agents.devices.point import Fold, Heard, Point
from agents.devices.raw import Oid, Ticks, Values, number, text
from agents.devices.reading import UPS_COLUMNS

AT = "1.2.3.0"


def read(point, raw):
    return point.read(Values({AT: raw}))


@pytest.mark.parametrize("raw", [-1, 65535, 2**31 - 1, 2**32 - 1, -(2**31), 32767])
def test_words_for_not_known(raw):
    """The numbers by which devices say that they do not know are no values, whatever the scale."""
    heard = read(Point("runtime_minutes", AT, scale=1 / 60), raw)

    assert (None, True) == (heard.value, "not known" in heard.reason)


@pytest.mark.parametrize(("raw", "value"), [(b"23.5", 23.5), (b" 40 % ", 40.0), (b"20,9", 20.9), (b"-3 C", -3.0), (22, 22.0)])
def test_numbers_as_text(raw, value):
    """A number typed as text is a number, with a comma or a unit too."""
    assert value == read(Point("charge_percent", AT), raw).value


@pytest.mark.parametrize("raw", [b"", b"n/a", b"--", b"1e5", b"0x12", b"12 apples", Oid("1.2.3")])
def test_no_numbers(raw):
    """What is no number is unknown, with what the device said."""
    heard = read(Point("charge_percent", AT), raw)

    assert (None, True) == (heard.value, "no number" in heard.reason)


def test_absent():
    """What the device does not have is not heard at all."""
    assert Point("charge_percent", AT).read(Values({})) is None


def test_scales():
    """A number is scaled to its column's unit; cards that give tenths where the MIB says units are told by the size."""
    voltage = Point("input_voltage", AT, tenths_above=1000)

    assert 43.2333 == read(Point("runtime_minutes", AT, scale=1 / 60), 2594).value
    assert (230.0, 231.3) == (read(voltage, 230).value, read(voltage, 2313).value)


def test_ticks_or_minutes():
    """Where cards give minutes instead of TimeTicks, the type tells which it is."""
    point = Point("runtime_minutes", AT, ticks=1 / 6000)

    assert (175.0, 175.0) == (read(point, Ticks(1_050_000)).value, read(point, 175).value)


def test_states():
    """A number of an enumeration is its meaning; one the MIB does not name is unknown."""
    point = Point("status", AT, means={3: "online", 1: Heard(reason="other")})

    assert Heard("online") == read(point, 3)
    assert Heard(reason="other") == read(point, 1)
    assert "state 0" in read(point, 0).reason


def test_phases():
    """Of three phases the greatest load and the lowest voltage in use count; NULL and 0 of unused phases do not."""
    loads = {f"1.2.4.{phase}": load for phase, load in ((1, 8), (2, 0), (3, 31))}
    volts = {"1.2.4.1": 242, "1.2.4.2": 0, "1.2.4.3": 230}

    assert 31.0 == Point("load_percent", "1.2.4", fold=Fold.MAX).read(Values(loads)).value
    assert 230.0 == Point("input_voltage", "1.2.4", fold=Fold.LOWEST_USED).read(Values(volts)).value
    assert 0.0 == Point("input_voltage", "1.2.4", fold=Fold.LOWEST_USED).read(Values({"1.2.4.1": 0})).value


def test_reads_only_what_is_read():
    """What a reading is made of is remembered, so that the next poll asks for nothing else."""
    values = Values({AT: 5, "1.2.9.0": 7})
    Point("charge_percent", AT).read(values)

    assert {AT} == values.touched


def test_descriptions_are_complete():
    """Every description names a column of the table and lies below a subtree that is walked, or below a standard's."""
    outside = [
        (family.name, point.oid)
        for family in FAMILIES
        for point in family.points
        if point.column not in {*UPS_COLUMNS, *merge.BESIDE}
        or not any(f"{point.oid}.".startswith(f"{walk}.") for walk in (*family.walks, "1.3.6.1.2.1.33.1.1"))
    ]

    assert [] == outside


RAW = st.one_of(st.integers(-(2**63), 2**64), st.binary(max_size=60), st.from_regex(r"1(\.\d{1,4}){1,8}", fullmatch=True).map(Oid))
OIDS = sorted({oid for family in FAMILIES for point in family.points for oid in (point.oid, f"{point.oid}.1", f"{point.oid}.x")})


@given(st.dictionaries(st.sampled_from(OIDS), RAW, max_size=40))
def test_hostile_ups(values):
    """Whatever a UPS answers, a reading comes of it, and each figure in it is possible."""
    reading = merge.reading("ups_a", FAMILIES, Values(values), now=1.8e9, uptime=5)

    assert reading.charge_percent is None or 0 <= reading.charge_percent <= 100
    assert reading.runtime_minutes is None or 0 <= reading.runtime_minutes <= 10080
    assert {column for column in UPS_COLUMNS if getattr(reading, column) is None} <= set(reading.unknown)


@given(st.data())
def test_hostile_sensor(data):
    """Whatever a sensor answers, its rows are values that can be true or reasons."""
    family = data.draw(st.sampled_from([*climate.FAMILIES, climate.GENERIC]))
    walk = data.draw(st.sampled_from(family.subtrees("10")))
    tails = st.from_regex(r"(\d{1,2})(\.\d{1,2}){0,4}", fullmatch=True)
    values = {f"{walk}.{tail}": raw for tail, raw in data.draw(st.dictionaries(tails, RAW, max_size=20)).items()}
    rows = list(family.rows("10", "climate1", Values(values), 1))

    assert all((row.value is not None) == row.ok_reading and bool(row.reason) != row.ok_reading for row in rows)


@given(st.binary(max_size=400))
def test_text_is_fit_for_people(raw):
    """A text is one line of printable characters, of bounded length; a number is one or none."""
    shown = text(raw)

    assert shown.isprintable()
    assert len(shown) <= 120
    assert number(raw) is None or isinstance(number(raw), float)
