# SPDX-License-Identifier: Apache-2.0
"""Firmware of Windows PCs: the makers' WMI classes in their own shapes, through the test server, and every bit of Lenovo's mask."""

from __future__ import annotations

import pytest
from wsman import collect, office, recorded
from wsman.server import Pc, serving

from agents.connections.winrm_target import WinRmTarget
from agents.engine import Engine
from agents.tables.windows import firmware

LENOVO, DELL, HP, OTHER = "LENOVO", "Dell Inc.", "HP", "Colorful Technology"
ABSENT = {"source": "lenovo", "error": -2147217392}
SETUP = {"source": "hp", "name": "Setup Password", "is_set": 1}
MARKER = firmware.MARKER


@pytest.mark.parametrize("state", range(256))
def test_every_value_of_lenovos_mask_is_decoded(state):
    """Bit 7 certificate before bit 1 supervisor; bit 6 alone is no supervisor; bits nobody documents are named."""
    wanted = "certificate" if state & 128 else "set" if state & 2 else "not_set"
    admin, evidence = firmware.lenovo("admin", state)

    assert wanted == admin
    assert ("set" if state & 1 else "not_set") == firmware.lenovo("power_on", state)[0]
    assert ("set" if state & 4 else "not_set") == firmware.lenovo("disk", state)[0]
    assert f"PasswordState={state}" in evidence
    assert bool(state & 0b00111000) == ("undocumented bits" in evidence)


@pytest.mark.parametrize(
    ("maker", "told", "smbios", "state"),
    [
        ("dell", [{"source": "dell", "name": "Admin", "is_set": 1}], 3, "set"),
        (
            "dell",
            [{"source": "dell", "name": "Admin", "is_set": 0}, {"source": "dell", "name": "System", "is_set": 1}],
            1,
            "not_set",
        ),
        ("dell", [{"source": "dell", "error": -2147217405}, ABSENT], 3, "interface_broken"),
        ("dell", [ABSENT], 3, "interface_broken"),
        ("dell", [{"source": "dell", "name": "Admin", "is_set": None}], 2, "interface_broken"),
        ("hp", [SETUP], 3, "set"),
        ("hp", [{**SETUP, "is_set": 0}], 3, "not_set"),
        ("hp", [{"source": "hp", "name": "Enhanced BIOS Authentication Mode", "value": "Enable"}, SETUP], 3, "certificate"),
        ("hp", [{"source": "hp", "name": "Enhanced BIOS Authentication Mode", "value": "Disable"}, SETUP], 3, "set"),
        ("hp", [{"source": "hp", "error": -2147217407}], None, "interface_broken"),
        ("lenovo", [{"source": "lenovo", "state": 130}], 3, "certificate"),
        ("lenovo", [{"source": "lenovo", "state": 256}], 3, "interface_broken"),
        ("lenovo", [{"source": "lenovo", "state": -1}], 0, "not_set"),
        ("lenovo", [{"source": "lenovo", "error": -2147217405}], 3, "interface_broken"),
        ("", [ABSENT], 3, "unknown_vendor"),
        ("", [ABSENT], 1, "set"),
        ("", [ABSENT], 0, "not_set"),
        ("", [{"source": 7, "name": [], "state": "x"}], None, "unknown_vendor"),
    ],
)
def test_a_claim_follows_from_what_the_maker_said(maker, told, smbios, state):
    """Maker's class first, SMBIOS where it is silent; an error names its code and is never taken for an answer."""
    assert state == firmware.claim("admin", told, maker, smbios)[0]


def test_an_error_is_named_in_the_evidence():
    """Whoever reads the finding knows which class failed, and how."""
    assert "dell: WMI error 0x80041003" == firmware.claim("admin", [{"source": "dell", "error": -2147217405}], "dell", None)[1]


@pytest.mark.parametrize(
    ("marker", "uuid", "denied"),
    [
        ({}, "u", False),
        ({"state": "set", "version": "2026a"}, "u", False),
        ({"state": "set", "machine": "U"}, "u", False),
        ({"state": "set", "machine": "other"}, "u", True),
        ({"state": "changing"}, "u", True),
        ({"state": "removed"}, "u", True),
    ],
)
def test_our_marker_may_contradict(marker, uuid, denied):
    """Half done, taken away, or of another machine: set, but not ours."""
    assert denied is firmware.denied(marker, uuid)


SHAPES = {
    LENOVO: ([{"source": "lenovo", "state": 3}], [{"source": "lenovo", "name": "BluetoothAccess", "value": "Disable"}]),
    DELL: (
        [{"source": "dell", "name": "Admin", "is_set": 1}, {"source": "dell", "name": "System", "is_set": 0}, ABSENT],
        [{"source": "dell", "name": "BluetoothDevice", "value": "Enabled", "possible": "Disabled;Enabled", "pending": "Disabled"}],
    ),
    HP: (
        [SETUP, ABSENT],
        [{"source": "hp", "name": "Bluetooth", "value": "Disable", "possible": "Disable;Enable", "read_only": 1}],
    ),
    OTHER: ([ABSENT], []),
}
WANTED = {
    LENOVO: ("set", "set", "BluetoothAccess", "Disable", None, None),
    DELL: ("set", "not_set", "BluetoothDevice", "Enabled", "Disabled", None),
    HP: ("set", "interface_broken", "Bluetooth", "Disable", None, 1),
    OTHER: ("unknown_vendor", "unknown_vendor", None, None, None, None),
}


@pytest.mark.parametrize("maker", SHAPES)
def test_a_pc_of_each_maker_answers_over_the_wire(maker):
    """NTLM, encryption, one visit: the rows of both tables are what the maker's classes said."""
    machine, objects = office.in_memory(), recorded.objects("zh-CN")
    passwords, settings = SHAPES[maker]
    (system,) = objects["system"]
    own = {"manufacturer": maker, "bios_vendor": maker, "admin_password": 3, "power_on_password": 3}
    objects |= {"system": [{**system, **own}], "bios_passwords": passwords, "bios_settings": settings}
    collect.install(machine, objects, now=recorded.NOW)
    sql = """SELECT admin_password_state, power_on_password_state, name, value, pending_value, read_only
             FROM firmware LEFT JOIN firmware_settings"""
    with serving({"": Pc(machine)}) as server:
        way = WinRmTarget("127.0.0.1", server.port, "http", user="admin", password="Correct-Horse-7")
        with way.opened(20.0) as source, Engine(source) as engine:
            source.expect([sql])
            (row,) = engine.query(sql).rows

    # HP tells nothing of a power-on password here and SMBIOS says unknown: a maker that is known and silent is broken.
    assert WANTED[maker] == tuple(row.values())
