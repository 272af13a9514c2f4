# SPDX-License-Identifier: Apache-2.0
"""Exceptions for one USB device."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from policies.catalogue import load
from policies.device import PARAMETER, Who, doubt, granted, let_in, written
from policies.exception import Device, Grant

CONTROLS = load(whole=False).controls
TODAY = date(2026, 11, 25)
STICK = Grant(
    id="EX-7",
    control="usb_storage_blocked",
    subjects=("pc-101",),
    device=Device("0951", "1666", "60A44C41"),
    reason="Dongle",
    approver="General manager",
    compensating_control="Camera",
    bank_filing="letter",
    from_date=date(2026, 11, 1),
    until=date(2027, 1, 31),
    parameters={},
    file="exceptions.yml:2",
)
WHO = Who("usbguard_default_block", "linux", "pc-101", (), TODAY)


def test_a_device_is_a_value_of_every_control_that_tells_devices_apart():
    """One exception of one control opens driver, USBGuard and register to that device, and no other control."""
    found = {name for name in CONTROLS if granted(CONTROLS, [STICK], replace(WHO, control=name))}
    assert found == {name for name, control in CONTROLS.items() if PARAMETER in control.parameters}
    assert {"usb_storage_blocked", "usb_storage_not_loaded", "usbguard_default_block"} < found
    grant = granted(CONTROLS, [STICK], WHO)
    assert ({PARAMETER: ["0951:1666:60A44C41"]}, None) == (grant.parameters, grant.device)


def test_two_devices_are_one_value():
    """Two exceptions for two devices are both values, under both ids, until the first of them ends."""
    second = replace(STICK, id="EX-8", device=Device("ABCD", "0001"), until=date(2026, 12, 1))
    grant = granted(CONTROLS, [STICK, second], WHO)
    assert ("EX-7, EX-8", ["0951:1666:60A44C41", "abcd:0001"]) == (grant.id, grant.parameters[PARAMETER])
    assert second.until == grant.until


def test_outside_its_days_and_hosts_nothing_is_let_in():
    """An exception that has ended, or of another host, lets no device in."""
    assert granted(CONTROLS, [STICK], replace(WHO, on=date(2027, 2, 1))) is None
    assert granted(CONTROLS, [STICK], replace(WHO, subject="pc-102")) is None
    assert [] == list(let_in(CONTROLS, [STICK], replace(WHO, on=date(2027, 2, 1))))


def test_an_exception_for_the_whole_control_comes_first():
    """A control that need not be met at all is not enforced for the sake of one device."""
    whole = replace(STICK, id="EX-9", device=None)
    assert whole == granted(CONTROLS, [STICK, whole], replace(WHO, control="usb_storage_blocked"))


def test_where_devices_cannot_be_told_apart_the_exception_is_for_the_control():
    """On Windows the control knows no single device: the exception allows it to fail, as any exception does."""
    assert STICK == granted(CONTROLS, [STICK], Who("usb_storage_blocked", "windows", "pc-101", (), TODAY))


@pytest.mark.parametrize("serial", ["", "0123456789ABCDEF", "000000000000", "1234567890", "12345", " none "])
def test_a_serial_number_that_is_not_unique_is_said(serial):
    """No number, and a number makers leave in whole series, tell no stick from another."""
    assert doubt(Device("0951", "1666", serial))


def test_a_serial_number_of_its_own_raises_no_doubt():
    """A number of its own is taken as it is, vendor and product in lower case."""
    assert "" == doubt(Device("ABCD", "1666", "60A44C413E4AF8C0"))
    assert "abcd:1666:60A44C413E4AF8C0" == written(Device("ABCD", "1666", "60A44C413E4AF8C0"))
