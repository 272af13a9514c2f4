# SPDX-License-Identifier: Apache-2.0
"""A real stick in a real kernel: it works before `menshen apply`, and from the moment of apply on it does not."""

from __future__ import annotations

import pytest
import seen
from conftest import ALLOWED, USB, Site
from machine import Guest

pytestmark = [pytest.mark.system, pytest.mark.slow]


STICK = "QEMU USB HARDDRIVE"
FAMILY = ("usb_storage_blocked", "usb_storage_not_loaded", "usbguard_default_block")
LOOKED = (*FAMILY, "usb_storage_absent", "usb_device_register", "usbguard_running", "usbguard_rules_narrow")
# What has to be registered on this desk: keyboard and mouse, and the hub.
REGISTERED = {"usb_device_register": {"registered_devices": ["0627:0001", "0409:55aa"]}}


@pytest.fixture(scope="module")
def runs(awake, once):
    """Tell the whole story once: a stick before, plan, apply, everything plugged in at once, a new start, exceptions."""
    return once("usb", lambda: _story(awake))


def _story(awake):
    with awake() as (guest, folder):
        site, media = Site(guest, folder), seen.media(folder)
        found = {"before": seen.stick_works(guest, media, "SN-1"), "before_audit": site.audit(*USB, "usb_storage_absent")}
        guest.unplug("stick")
        found["planned"] = site.plan(*USB, code=1, fast=True)
        found["applied"] = site.apply(*USB, code=0)
        # At once: udevd would load the driver for some seconds more if nobody told it.
        guest.plug("stick", "SN-1", media)
        (folder / "phone").mkdir()
        guest.plug_other("usb-mtp", "phone", rootdir=str(folder / "phone"), desc="phone")
        guest.plug_scsi("disk", "usb-uas", "scsi-hd", seen.media(folder, "disk"))
        guest.plug_scsi("optical", "usb-bot", "scsi-cd", seen.media(folder, "optical"))
        found["after"] = seen.after_a_while(guest)
        found["keyboard"] = seen.typed(guest)
        found["after_audit"] = site.audit(*USB, "usb_storage_absent")
        found["again"] = site.apply(*USB, code=0, fast=True)
        found["modprobe"] = _without_usbguard(guest)
        found.update(_anew(guest, folder, media))
    return found


def _without_usbguard(guest):
    """Let every device in by hand: what is left is that no driver comes."""
    guest.run("for one in /sys/bus/usb/devices/*/authorized; do echo 1 > $one; done")
    found = {**seen.after_a_while(guest), "modprobe": guest.ssh("modprobe usb-storage").returncode}
    guest.run("systemctl restart usbguard")
    return found


def _anew(guest, folder, media):
    """Start the same disk again, with the stick in its port from the first moment on."""
    guest.run("sync")
    guest.stop()
    stick = ("-drive", f"file={media},format=raw,if=none,id=stick", "-device", "usb-storage,bus=xhci.0,drive=stick,serial=SN-1")
    anew = Guest(guest.image, folder / "anew", guest.disk, *stick)
    try:
        anew.wait()
        return {"cold": seen.after_a_while(anew), "cold_keyboard": seen.typed(anew)}
    finally:
        anew.stop()


@pytest.fixture(scope="module")
def excepted(awake, once):
    """Enforce, grant one device whose block then gives way, plug in its twin with another number, let the exception end."""
    return once("excepted", lambda: _excepted(awake))


def _excepted(awake):
    with awake() as (guest, folder):
        site, media, other = Site(guest, folder), seen.media(folder), seen.media(folder, "other")
        site.describe(REGISTERED)
        site.apply(*FAMILY, "usbguard_running", code=0, fast=True)
        guest.plug("first", "SN-1", media)
        found = {"without": seen.after_a_while(guest)}
        site.describe(REGISTERED, [_exception("2096-12-31")])
        found["granted"] = site.apply(*FAMILY, code=0, fast=True)
        found["disk"] = seen.disk_of(guest, "SN-1")
        found["other"] = seen.stick_works(guest, other, "SN-2", "second", seconds=seen.WHILE)
        found["granted_usb"] = seen.devices(guest)
        found["granted_audit"] = site.audit(*LOOKED)
        site.describe(REGISTERED, [_exception("2026-01-31")])
        found["ended"] = site.apply(*FAMILY, code=0, fast=True)
        guest.unplug("second")
        guest.plug("second", "SN-2", other)
        found["ended_usb"] = seen.after_a_while(guest)
        # USBGuard by itself: the driver is there and could be used.
        guest.run("rm /etc/modprobe.d/menshen-*; udevadm control --reload; modprobe -a usb-storage uas")
        guest.unplug("second")
        guest.plug("second", "SN-2", other)
        found["usbguard"] = seen.after_a_while(guest)
    return found


def _exception(until):
    device = {"vendor": "46f4", "product": "0001", "serial": "SN-1"}
    return {"id": "EX-7", "control": "usb_storage_blocked", **ALLOWED, "device": device, "until": until}


def test_a_stick_works_and_the_audit_fails_before(runs):
    """Without the baseline a stick becomes a disk that can be written, and the audit says that nothing holds it back."""
    assert "written" == runs["before"]
    failing = {"usb_storage_blocked", "usb_storage_not_loaded", "usb_storage_absent", "usbguard_running"}
    assert dict.fromkeys(failing, "fail") == {one: runs["before_audit"][one] for one in failing}


def test_the_plan_predicted_every_change(runs):
    """What `plan` said is what `apply` did, setting by setting, and a second apply changes nothing."""
    assert seen.changes(runs["planned"]) == seen.changes(runs["applied"])
    assert len(runs["applied"]["changes"]) > 10
    assert [] == runs["again"]["changes"]


def test_nothing_plugged_in_at_once_is_let_in(runs):
    """A stick, a phone, a UAS disk and an optical drive get no driver and no device, though plugged in right after apply."""
    assert {STICK: 2, "QEMU filesharing": 1, "USB Attached SCSI HBA": 1} == runs["after"]["refused"]
    assert {"disks": [], "storage_drivers": [], "modules": []} == {
        one: runs["after"][one] for one in ("disks", "storage_drivers", "modules")
    }


def test_the_keyboard_still_types(runs):
    """Keyboard, mouse and hub that were there stay allowed: a key pressed reaches the kernel, also after a new start."""
    for one in ("keyboard", "cold_keyboard"):
        assert "key 30 pressed" == runs[one]
    for one in ("after", "cold"):
        assert {"QEMU USB Keyboard", "QEMU USB Mouse", "QEMU USB Hub"} <= set(runs[one]["allowed"])


def test_the_audit_passes_after(runs):
    """The independent audit passes what was applied, with all of it still plugged in."""
    expected = dict.fromkeys((*USB, "usb_storage_absent"), "pass")
    assert expected == {one: runs["after_audit"][one] for one in expected}


def test_a_stick_in_its_port_at_power_on_is_refused(runs):
    """A new start with the stick inserted finds no disk and no driver either."""
    assert {STICK: 1} == runs["cold"]["refused"]
    assert [] == runs["cold"]["disks"] + runs["cold"]["storage_drivers"] + runs["cold"]["modules"]


def test_each_half_refuses_a_stick_by_itself(runs, excepted):
    """Blocked modules refuse a stick that was let in by hand; USBGuard one whose driver is loaded."""
    assert STICK in runs["modprobe"]["allowed"]
    assert 0 != runs["modprobe"]["modprobe"]
    assert ["usb_storage", "uas"] == excepted["usbguard"]["modules"]
    assert {STICK: 2} == excepted["usbguard"]["refused"]
    for one in (runs["modprobe"], excepted["usbguard"]):
        assert [] == one["disks"] + one["storage_drivers"]


def test_an_exception_lets_one_device_in(excepted):
    """The stick an exception names works, also when it is in its port already; one of the same model does not."""
    assert {STICK: 1} == excepted["without"]["refused"]
    assert excepted["disk"].startswith("/dev/sd")
    assert "no disk" == excepted["other"]
    assert {STICK: 1} == excepted["granted_usb"]["refused"]
    assert [{"control": "usb_storage_blocked", "exception": "EX-7", "until": "2096-12-31", "device": "46f4:0001:SN-1"}] == (
        excepted["granted"]["excepted"]
    )


def test_the_audit_knows_the_excepted_device(excepted):
    """With the excepted stick in use and another one refused, the audit passes all but the register, which the other is not in."""
    expected = {**dict.fromkeys(LOOKED, "pass"), "usb_device_register": "fail"}
    assert expected == excepted["granted_audit"]


def test_after_its_end_neither_is_let_in(excepted):
    """The next apply after the exception's last day takes the rule back and blocks the drivers, the stick still in its port."""
    assert {STICK: 2} == excepted["ended_usb"]["refused"]
    assert [] == excepted["ended_usb"]["disks"] + excepted["ended_usb"]["storage_drivers"] + excepted["ended_usb"]["modules"]
    rules = "/etc/usbguard/rules.d/menshen-exceptions.conf"
    assert f'{rules} allow id 46f4:0001 serial "SN-1"' in [
        one["setting"] for one in excepted["ended"]["changes"] if one["after"] is None
    ]
