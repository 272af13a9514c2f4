# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

RULES = """# comment
allow id 1d6b:0002 serial "0000:00:14.0" name "xHCI \\"Host\\"" hash "jEP/6" with-interface 09:00:00 with-connect-type ""
reject with-interface all-of { 08:*:* 03:00:* }

block 0781:* name one-of { "a b" "c" } if !allowed-matches(device)
nonsense id 1:2
"""


def test_rules_give_device_serial_name_and_interface(record, rows):
    """Attributes are read whatever their order; sets keep their braces; files of rules.d follow."""
    host = record(
        {
            "/etc/usbguard/rules.conf": RULES,
            "/etc/usbguard/rules.d/9.conf": "allow id one-of { 1:2 0781:* }\n",
            "/etc/usbguard/rules.d/x": "allow\n",
        }
    )
    assert [
        (1, "allow", "1d6b:0002", "0000:00:14.0", 'xHCI "Host"', "09:00:00"),
        (2, "reject", "", "", "", "all-of { 08:*:* 03:00:* }"),
        (3, "block", "0781:*", "", "one-of { a b c }", ""),
        (4, "allow", "one-of { 1:2 0781:* }", "", "", ""),
    ] == [
        tuple(row[name] for name in ("number", "target", "device_id", "serial", "name", "interface"))
        for row in rows("usbguard_rules", host)
    ]


@pytest.mark.parametrize("line", ['allow name "open', "allow { { {", "allow } name", "allow id id id", "allow " + "x" * 1_000_000])
def test_a_damaged_rule_is_a_rule_all_the_same(record, rows, line):
    """An odd line that begins with a target counts, since it may let devices in; its text is kept."""
    (row,) = rows("usbguard_rules", record({"/etc/usbguard/rules.conf": line}))
    assert ("allow", line) == (row["target"], row["rule"])
