# SPDX-License-Identifier: Apache-2.0
"""An outage plan is read whole or refused, each thing wrong at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies import outage
from policies.problems import CatalogueError

EXAMPLE = Path(__file__).resolve().parents[2] / "inventory" / "outage.yml"
BASE = """title: {en: T, zh: T}
supplies:
  pc: {ups: [u]}
  me: {ups: [u]}
tiers:
  - {id: one, title: {en: T, zh: T}, steps: [{name: s, subjects: [pc], command: [x]}]}
monitor: {subject: me, command: [x]}
"""


def problems(text, known=None):
    """Give what is said of a wrong plan."""
    with pytest.raises(CatalogueError) as caught:
        outage.read("outage.yml", text.encode(), known)
    return [str(problem) for problem in caught.value.problems]


def test_the_example_says_the_banks_figures():
    """The example plan reads, and its targets are those of the source documents."""
    plan = outage.load(EXAMPLE)
    assert (60, 1440, 120) == (plan.targets.ups_only_minutes, plan.targets.generator_minutes, plan.targets.room_runtime_minutes)
    assert ((22, 24), (45, 55)) == (plan.targets.temperature_c, plan.targets.humidity_percent)
    assert ["not_critical", "data_pcs", "servers"] == [tier.id for tier in plan.tiers]


def test_what_is_left_out_has_the_documented_values():
    """A plan of the least that is needed has every limit."""
    plan = outage.read("p", BASE.encode())
    assert (outage.Limits(), 50, ("u",)) == (plan.limits, plan.restart.charge_percent, plan.upses)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("id: one", "id: monitor"), "outage.yml:6:6: monitor is a reserved name"),
        (("subjects: [pc]", "subjects: [pv]"), "outage.yml:6:67: no supply is named for pv; did you mean pc?"),
        (("subjects: [pc]", "subjects: [me]"), "outage.yml:6:67: me is the monitor: it goes last, by itself"),
        (("command: [x]}]}", "playbook: p}]}"), "outage.yml:6:72: a playbook needs tags: which of its plays are meant"),
        (("command: [x]}]}", "playbook: p, tags: [a], command: [x]}]}"), "outage.yml:6:46: needs either a playbook or a command"),
        (("pc: {ups: [u]}", "pc: {ups: [u], needs: 2}"), "outage.yml:3:18: pc needs more UPSes than it has"),
        (("id: one,", "id: one, when: {charge_percent: 120},"), "must be a number from 0 to 100, not 120"),
        (("id: one,", "id: one, when: {minutes: 1},"), "unknown key minutes"),
        (("title: {en: T, zh: T}\nsup", "title: {en: T}\nsup"), "translation missing: zh"),
        (("monitor:", "never: [pc]\nmonitor:"), "pc is never to be touched"),
        (("monitor:", "targets: {temperature_c: [24, 22]}\nmonitor:"), "must be [lowest, highest]"),
    ],
)
def test_each_mistake_is_told_at_its_line(change, expected):
    """What cannot be meant is refused at the line where it stands."""
    assert any(expected in line for line in problems(BASE.replace(*change))), problems(BASE.replace(*change))


def test_names_are_checked_against_the_inventory():
    """A subject or a UPS the inventory does not have, and a UPS that is none, are refused."""
    told = problems(BASE, {"pc": "linux", "u": "sensor"})
    assert any("the inventory has no me" in line for line in told)
    assert any("u is a sensor, not a UPS" in line for line in told)
