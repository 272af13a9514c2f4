# SPDX-License-Identifier: Apache-2.0
"""States made of files in the tools' real formats, and what is planned for them."""

from __future__ import annotations

import datetime as dt

import pytest

from menshen.enforcement import enforcement
from menshen.inventory import subject_of
from policies.catalogue import load
from policies.formats import inf, pol, reg
from policies.formats.registry import setting
from policies.windows import asking, changing, planning, understanding
from policies.windows.state import State, StepError

POLICIES = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows"
LOGON = "{0CCE9215-69AE-11D9-BED3-505054503030}"
CHINESE_SERVICES = """
SERVICE_NAME: Spooler
显示名称: 打印: 1
        类型               : 110  WIN32_OWN_PROCESS  (interactive)
        状态               : 4  RUNNING
                                (STOPPABLE, NOT_PAUSABLE)
        WIN32 退出代码     : 0  (0x0)

SERVICE_NAME: 1394ohci
DISPLAY_NAME: 1394
        TYPE               : 1  KERNEL_DRIVER
        STATE              : 1  STOPPED
"""


def step(key=POLICIES, name="A", data=1, control="one", **more):
    return {"control": control, "key": key, "name": name, "type": "REG_DWORD", "data": data, **more}


def made_by(steps, state):
    return planning.plan(steps, state)[0]


def with_values(*values, **more):
    return State(values={one.place: one for one in values}, keys=frozenset(one.key.lower() for one in values), **more)


def test_no_two_controls_contradict_each_other():
    """Every Windows rule of the catalogue at its defaults can be carried out together with every other."""
    catalogue = load()
    for baseline in ("agent_pc", "data_pc", "office_pc", "windows_server"):
        subject = subject_of("pc", ("all",), {"menshen_kind": "windows", "menshen_baselines": [baseline]})
        steps = enforcement(catalogue, subject, (), dt.date(2026, 11, 25)).everything()
        plan = made_by(steps, State(hives=(".DEFAULT", "S-1-5-21-1-2-3-1001")))
        assert asking.reading(steps, b"")
        assert len(plan.registry) > 100, baseline


def test_enough_controls_are_enforced():
    """At least ninety Windows rules can both be seen and be made true, each with the clauses it answers."""
    rules = [control for control in load().controls.values() if "windows" in control.kinds and control.kinds["windows"].enforce]

    assert len(rules) >= 90
    assert [] == [control.id for control in rules if not control.requirements or not control.kinds["windows"].observe]


def test_two_controls_that_want_different_values_are_named():
    """Neither wins in silence."""
    with pytest.raises(StepError, match=r"one and two want different values of .*\\A"):
        made_by({"registry": [step(), step(data=2, control="two")]}, State())


def test_a_list_is_exact():
    """A policy list is numbered from 1; what an earlier list left behind it goes."""
    key = rf"{POLICIES}\DenyDeviceIDs"
    state = with_values(setting(key, "1", "REG_SZ", "old"), setting(key, "3", "REG_SZ", "left over"))
    plan = made_by({"registry": [{"control": "one", "key": key, "list": ["USB\\A&B", "USB\\C"]}]}, state)

    assert {"1": "USB\\A&B", "2": "USB\\C", "3": None} == {place[1]: new and new.value for place, (_, new) in plan.registry.items()}


@pytest.mark.parametrize(("data", "value"), [(True, 1), (10, 600_000)])
def test_parameters_come_in_the_unit_of_windows(data, value):
    """Yes is 1; minutes become milliseconds where a rule says times."""
    plan = made_by({"registry": [step(data=data, **({"times": 60000} if data == 10 else {}))]}, State())

    assert [value] == [new.value for _, new in plan.registry.values()]


def test_what_a_gpo_sets_is_named_and_left():
    """A value of a GPO that differs is not fought over: the GPO is named, nothing is written; one that fits is no matter."""
    archive = pol.dump(
        [
            pol.Entry("Software", "**Comment:GPO Name: 坐席策略", 1, b""),
            pol.Entry(r"SOFTWARE\Policies\Microsoft\Windows", "A", 4, b"\0\0\0\0"),
            pol.Entry(r"SOFTWARE\Policies\Microsoft\Windows", "B", 4, b"\1\0\0\0"),
        ]
    )
    values = [
        setting(POLICIES, "A", "REG_DWORD", 0),
        setting(POLICIES, "B", "REG_DWORD", 1),
        setting(POLICIES, "Old", "REG_SZ", "x"),
    ]
    files = {"key0.reg": reg.dump(reg.blocks_of(values)), "ntuser.pol": archive}
    steps = {"registry": [step(), step(name="B")]}
    plan, tattooed = planning.plan(steps, understanding.state(steps, files))

    assert {} == plan.registry
    assert [("one", rf"{POLICIES}\A")] == [(one.control, one.setting) for one in plan.open]
    assert "坐席策略" in plan.open[0].why
    assert [rf"{POLICIES}\Old"] == tattooed


def test_security_settings_of_a_gpo_are_left_too():
    """The copy of a GPO's template tells which lockout and rights it sets."""
    template = inf.dump(
        {"System Access": {"LockoutBadCount": "0"}, "Profile": {"GPOPath": "{31B2F340-016D-11D2-945F-00C04FB984F9}"}}
    )
    local = inf.dump({"System Access": {"LockoutBadCount": "0", "PasswordComplexity": "0"}})
    steps = {
        "security_policy": [
            {"control": "one", "section": "System Access", "name": "LockoutBadCount", "value": 3},
            {"control": "two", "section": "System Access", "name": "PasswordComplexity", "value": 1},
        ]
    }
    plan = made_by(
        steps, understanding.state(steps, {"policy.inf": local, "gpt00001.dom": template.replace(b"1\0\r\0", b"1\0\r\0")})
    )

    assert {"System Access": {"PasswordComplexity": ("0", "1")}} == plan.policy
    assert ["LockoutBadCount"] == [one.setting for one in plan.open]
    assert "{31B2F340" in plan.open[0].why


def test_a_pc_without_gpos_has_no_tattoos():
    """Where no GPO rules, a policy value is simply the PC's own."""
    values = [setting(POLICIES, "Own", "REG_DWORD", 1)]

    assert [] == planning.plan({}, with_values(*values))[1]


def test_services_are_read_by_position():
    """Names, types and states come out of Chinese and English lists alike."""
    files = {"services.txt": CHINESE_SERVICES.encode("gbk")}

    assert {"spooler": 4, "1394ohci": 1} == understanding.state({}, files).services
    assert ("Spooler",) == understanding.state({}, files).running


def test_what_was_not_read_is_open_and_never_done():
    """Without rights secedit and auditpol give nothing: each setting is named as not to be made true."""
    steps = {
        "security_policy": [{"control": "one", "section": "System Access", "name": "LockoutBadCount", "value": 3}],
        "audit_policy": [{"control": "two", "guid": LOGON, "setting": 3}],
    }
    files = {"who.txt": b'"x","Label","S-1-16-8192",""'}
    plan = made_by(steps, understanding.state(steps, files))

    assert [] == plan.changes
    assert {"one", "two"} == {one.control for one in plan.open}
    assert understanding.elevated(files) is False


@pytest.mark.parametrize("content", [b"", b"\xff\xfe[x", b"MZ rubbish", b"{0CCE9215"])
def test_rubbish_from_a_tool_is_named(content):
    """A broken export of a tool makes its settings open, with the reason."""
    steps = {"security_policy": [{"control": "one", "section": "System Access", "name": "X", "value": 3}]}
    found = understanding.state(steps, {"policy.inf": content, "audit.csv": content})
    plan = made_by({**steps, "audit_policy": [{"control": "two", "guid": LOGON, "setting": 3}]}, found)

    assert {"one", "two"} >= {one.control for one in plan.open} >= {"two"}


def test_rights_are_compared_as_sets():
    """The order of SIDs is no difference; a right that is merged keeps who has it."""
    state = State(
        policy={"Privilege Rights": {"SeDenyNetworkLogonRight": "*S-1-5-113", "SeDebugPrivilege": "*S-1-5-32-544,*S-1-5-6"}}
    )
    rights = {"control": "one", "section": "Privilege Rights"}
    same = {**rights, "name": "SeDebugPrivilege", "value": "*S-1-5-6,*S-1-5-32-544"}
    merged = {**rights, "name": "SeDenyNetworkLogonRight", "value": "*S-1-5-32-546", "merge": True}
    plan = made_by({"security_policy": [same, merged]}, state)

    assert {"SeDenyNetworkLogonRight": ("*S-1-5-113", "*S-1-5-113,*S-1-5-32-546")} == plan.policy["Privilege Rights"]


def test_only_listed_members_stay():
    """Members outside the list leave the group; nobody joins it; the former members are kept for the way back."""
    group = "S-1-5-32-544"
    state = State(groups={group: frozenset({"S-1-5-21-9-9-9-500", "S-1-5-21-9-9-9-1001"})})
    steps = {"local_group": [{"control": "one", "group": group, "members": ["S-1-5-21-*-500", "S-1-5-21-*-512"]}]}
    plan = made_by(steps, state)

    before, after = "*S-1-5-21-9-9-9-1001,*S-1-5-21-9-9-9-500", "*S-1-5-21-9-9-9-500"
    assert {"Group Membership": {f"*{group}__Members": (before, after)}} == plan.policy


@pytest.mark.parametrize("name", ['x" & del', "%PATH%", "a\r\nb", "电脑"])
def test_nothing_but_text_reaches_a_command_line(name):
    """A key, service, task or SID that cmd.exe would understand otherwise is refused before anything is sent."""
    for steps in (
        {"registry": [step(key=rf"HKEY_LOCAL_MACHINE\SYSTEM\{name}")]},
        {"service": [{"control": "one", "names": [name], "enabled": False}]},
        {"scheduled_task": [{"control": "one", "name": name, "state": "present"}]},
        {"local_group": [{"control": "one", "group": name, "members": []}]},
    ):
        with pytest.raises(StepError):
            asking.reading(steps, b"")


def test_new_keys_are_taken_back_whole():
    """What brings the registry back removes the highest key that was made, and puts former values back."""
    old = setting(POLICIES, "A", "REG_SZ", "1")
    state = with_values(old)
    plan = made_by({"registry": [step(), step(key=rf"{POLICIES}\New\Deep", name="B")]}, state)

    assert (reg.Block(POLICIES, (old,)), reg.Block(rf"{POLICIES}\New", removed=True)) == changing.backwards(plan, state)
