# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from policies.formats.registry import setting
from policies.windows import bitlocker, firewall_rules, scheduled_task, service
from policies.windows.planning import plan
from policies.windows.state import Drive, Plan, State, StepError

RULE = "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol="


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ("tcp/5985", f"{RULE}6|LPort=5985|Name=menshen-in-tcp-5985|"),
        ("udp/5000-5010", f"{RULE}17|LPort2_10=5000-5010|Name=menshen-in-udp-5000-5010|"),
        ("tcp/443 192.0.2.0/24", f"{RULE}6|LPort=443|RA4=192.0.2.0/255.255.255.0|Name=menshen-in-tcp-443-192-0-2-0-24|"),
        ("tcp/443 2001:db8::/32", f"{RULE}6|LPort=443|RA6=2001:db8::/32|Name=menshen-in-tcp-443-2001-db8-32|"),
        ("tcp/22 192.0.2.9", f"{RULE}6|LPort=22|RA4=192.0.2.9|Name=menshen-in-tcp-22-192-0-2-9|"),
    ],
)
def test_rules_are_in_the_words_of_windows(entry, rule):
    """Protocol, port, range and network are written as MS-GPFAS has them."""
    assert [rule] == [text for _, text in firewall_rules.rules("one", "inbound", [entry])]


@pytest.mark.parametrize(
    "entry", ["", "tcp", "icmp/1", "tcp/70000", "tcp/1|Action=Allow", "tcp/1 0.0.0.0/99", "tcp/1 a.b", "tcp/1\n"]
)
def test_other_entries_are_refused(entry):
    """What is no service brings no field of its own into a rule."""
    with pytest.raises(StepError):
        list(firewall_rules.rules("one", "inbound", [entry]))


def test_tasks_are_the_same_whatever_windows_adds():
    """Elements that the scheduler adds or moves are no difference; another command, trigger or account is."""
    text = scheduled_task.restart(24)
    added = text.replace("<Triggers>", "<RegistrationInfo><URI>\\Menshen restart</URI></RegistrationInfo><Triggers>")

    assert scheduled_task.holds(added, text)
    for other in (
        text.replace("shutdown.exe", "calc.exe"),
        text.replace("<Enabled>true</Enabled></Settings>", "<Enabled>false</Enabled></Settings>"),
        text.replace("S-1-5-18", "S-1-5-21-1-2-3-1001"),
        text.replace("</Triggers>", "<LogonTrigger/></Triggers>"),
        text.replace("</Exec>", "</Exec><Exec><Command>x</Command></Exec>"),
        scheduled_task.restart(48),
        '<!DOCTYPE x [<!ENTITY a "b">]>' + text,
        "no task",
        "",
    ):
        assert not scheduled_task.holds(other, text)


def test_the_guard_runs_by_itself_and_after_a_restart():
    """It is triggered by its own registration, after its delay, and by the PC's next start; no date is in it."""
    text = scheduled_task.guard(60, r"%SystemRoot%\Menshen\former\1\fire.cmd")

    assert "<RegistrationTrigger><Enabled>true</Enabled><Delay>PT60S</Delay>" in text
    assert "<BootTrigger>" in text
    assert scheduled_task.holds(text, text)


def test_a_stopped_service_starts_again_only_after_it_may():
    """Stopping comes before disabling; the way back, read from its end, allows before it starts."""
    values = {(f"{service.KEY}\\x".lower(), "start"): start(2)}
    made = Plan()
    service.compare(
        [{"control": "one", "names": ["X"], "state": "stopped", "enabled": False}], State(values=values, services={"x": 4}), made
    )

    assert ["net.exe stop X /y", "sc.exe config X start= disabled"] == [one.line for one in made.commands]
    assert ["sc.exe config X start= auto", "net.exe start X"] == [one.undo for one in reversed(made.commands)]


def start(number):
    return setting(f"{service.KEY}\\X", "Start", "REG_DWORD", number)


def test_a_service_that_is_not_there_needs_no_stopping():
    """Absent is as good as disabled, but never as good as running."""
    made = Plan()
    off = {"control": "one", "names": ["X"], "state": "stopped", "enabled": False}
    on = {"control": "two", "names": ["X"], "state": "started", "enabled": True}
    service.compare([off, on], State(), made)

    assert (["two"], []) == ([one.control for one in made.open], made.changes)


def test_drives_are_reported_and_not_encrypted():
    """The policy is written; a drive that is not encrypted is named, and no command would encrypt it."""
    step = {"control": "one", "method": "xts_aes_256", "protectors": ["tpm", "recovery_password"], "drives": "all"}
    state = State(drives=(Drive("C:", 1, 1, 7), Drive("D:", 0, 0, 0), Drive("E:", 1, -1, 7)))
    made = plan({"bitlocker": [step]}, state)[0]

    assert ["D:", "E:"] == [one.setting for one in made.open]
    assert [] == made.commands
    assert {7} == {new.value for (_, name), (_, new) in made.registry.items() if name.startswith("encryptionmethod")}


def test_no_drive_seen_is_said():
    """A PC that tells nothing of its drives is not taken for one without any."""
    made = Plan()
    bitlocker.compare([{"control": "one"}], State(), made)

    assert ["drives"] == [one.setting for one in made.open]
