# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import auditpol
from policies.formats.registry import FormatError

LOGON, STORAGE = "{0CCE9215-69AE-11D9-BED3-505054503030}", "{0CCE9245-69AE-11D9-BED3-505054503030}"
ENGLISH = f"""Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value
PC-103,System,Logon,{LOGON.lower()},Success and Failure,,3
PC-103,System,Removable Storage,{STORAGE},No Auditing,,0
PC-103,S-1-5-21-1-2-3-1001,Logon,{LOGON},Success,,1
PC-103,,Option:CrashOnAuditFail,,Disabled,,0
PC-103,,FileGlobalSacl,,,,
"""
CHINESE = f"""计算机名,策略目标,子类别,子类别 GUID,包含设置,排除设置,设置值
电脑-103,系统,登录,{LOGON},成功和失败,,3
电脑-103,系统,可移动存储,{STORAGE},无审核,,0
电脑-103,,Option:CrashOnAuditFail,,已禁用,,0
"""


@pytest.mark.parametrize(
    "content",
    [ENGLISH.encode(), ENGLISH.encode("utf-16"), CHINESE.encode("gbk"), CHINESE.encode("utf-8-sig"), CHINESE.encode("utf-16")],
)
def test_languages_and_code_pages_give_the_same_rows(content):
    """A Chinese and an English backup of one state are the same two rows, whatever the code page."""
    assert {LOGON: 3, STORAGE: 0} == auditpol.load(content)


@pytest.mark.parametrize(
    "row",
    [
        f"PC,System,Logon,{LOGON},x,,4",
        f"PC,System,Logon,{LOGON},x,,-1",
        f"PC,System,Logon,{LOGON},x,,",
        f"PC,System,Logon,{LOGON}",
        f"PC,System,Logon,{LOGON},x,,1\nPC,System,Logon,{LOGON},x,,2",
        "PC,System,Logon,not a GUID,x,,1",
        "",
    ],
)
def test_what_is_no_backup_is_refused(row):
    """A setting outside 0..3, a short row, a GUID twice, or no sub-category at all is refused."""
    with pytest.raises(FormatError):
        auditpol.load(row.encode())


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_nothing_else(content):
    """Input of any kind is read or refused with a FormatError."""
    try:
        auditpol.load(content)
    except FormatError:
        return
