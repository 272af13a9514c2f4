# SPDX-License-Identifier: Apache-2.0
"""A subject of which nothing was seen proves nothing."""

from __future__ import annotations

import pytest
from control_cases import Case, rules, run

from policies import schema
from policies.verdict import Verdict

# Nothing forbidden is there where these tables answer with no row: files and devices that cannot be looked at, and
# sockets that cannot be listed, raise instead.
ANSWERED_BY_ABSENCE = frozenset(
    {
        ("auto_login_off", "linux"),
        ("listening_services_listed", "linux"),
        ("mail_server_absent", "linux"),
        ("optical_drive_absent", "linux"),
        ("swap_encrypted", "linux"),
        ("usb_device_register", "linux"),
        ("usb_phone_files_blocked", "linux"),
        ("usb_storage_absent", "linux"),
        ("usb_storage_not_loaded", "linux"),
        ("user_level_software_absent", "linux"),
    }
)


@pytest.mark.parametrize(("control", "kind"), rules())
def test_empty_tables_pass_nothing(control, kind):
    """With every table served and none with a row, no rule passes but those that look for something forbidden."""
    tables = {table.name: [] for table in schema.for_kind(kind)} | {"time": [{"unix_time": 1795305600}]}

    verdict = run(Case(control, kind, "nothing_seen", "unknown", tables, {})).verdict

    assert ((control, kind) in ANSWERED_BY_ABSENCE) == (verdict is Verdict.PASS)
