# SPDX-License-Identifier: Apache-2.0
"""The catalogue that is shipped."""

from __future__ import annotations

from itertools import combinations

import pytest

from policies import catalogue
from policies.merge import choose
from policies.resolve import resolve
from policies.schema import KINDS


@pytest.fixture(scope="module")
def packaged():
    """Load the packaged catalogue once."""
    return catalogue.load()


def test_it_has_every_clause_and_every_item(packaged):
    """228 clauses, 47 items in 10 sections as the bank numbers them, without a 5.4."""
    form = packaged.checklists["retail_credit"]
    numbers = [item.number for item in form.items()]

    assert 228 == len(packaged.requirements)
    assert 47 == len(numbers)
    assert [2, 3, 4, 6, 7, 2, 6, 5, 5, 7] == [len(section.items) for section in form.sections]
    assert "5.4" not in numbers
    assert sorted(numbers, key=lambda number: tuple(map(int, number.split(".")))) == numbers


def test_clauses_and_items_name_each_other(packaged):
    """What a clause says it answers is what the items say of it."""
    of_items = {
        (identifier, item.number)
        for form in packaged.checklists.values()
        for item in form.items()
        for identifier in item.requirements
    }

    assert {(one.id, item) for one in packaged.requirements.values() for item in one.items} == of_items


def test_every_baseline_can_be_chosen_and_resolved(packaged):
    """Each control of each baseline, merged with both banks, resolves on every kind it has."""
    banks = [packaged.baselines["bank_north"], packaged.baselines["bank_south"]]
    resolved = 0
    for name, one in packaged.baselines.items():
        for kind in one.kinds or KINDS:
            for control in packaged.controls_for([name], kind):
                resolve(control, kind, choose(control, kind, [one, *banks]).values)
                resolved += 1

    assert resolved > 0


def test_every_rule_is_in_some_baseline(packaged):
    """No rule is left that no group of subjects ever gets."""
    given = {
        (control.id, kind)
        for name, one in packaged.baselines.items()
        for kind in one.kinds
        for control in packaged.controls_for([name], kind)
    }

    assert {(control.id, kind) for control in packaged.controls.values() for kind in control.kinds} == given


def test_any_two_groups_and_both_banks_merge(packaged):
    """A subject may stand in any two groups of its kind and touch the data of both banks: nothing of that is refused."""
    banks = [packaged.baselines["bank_north"], packaged.baselines["bank_south"]]
    merged = set()
    for one, other in combinations([baseline for baseline in packaged.baselines.values() if not baseline.bank], 2):
        for kind in set(one.kinds) & set(other.kinds):
            for control in packaged.controls_for([one.id, other.id], kind):
                choose(control, kind, [one, other, *banks])
                merged.add((one.id, other.id))

    assert ("agent_pc", "linux_server") in merged


@pytest.mark.parametrize(
    ("control", "parameter", "names", "value"),
    [
        ("patch_age", "days_since_patch", ["agent_pc"], 31),
        ("patch_age", "days_since_patch", ["office_pc"], 14),
        ("patch_age", "days_since_patch", ["office_pc", "bank_south"], 14),
        ("antivirus_scan_schedule", "scan_hours", ["data_pc"], ["12:00"]),
        ("antivirus_scan_schedule", "scan_hours", ["mail_server"], ["01:00"]),
        ("antivirus_scan_schedule", "scan_hours", ["agent_pc", "linux_server"], ["01:00", "12:00"]),
    ],
)
def test_a_group_has_its_own_figures(packaged, control, parameter, names, value):
    """Servers scan at night, PCs at noon, a machine that is both at both; PCs with Internet are patched sooner."""
    chosen = choose(packaged.controls[control], "linux", [packaged.baselines[name] for name in names])

    assert value == chosen.values[parameter]


@pytest.mark.parametrize(
    ("control", "groups"),
    [
        ("screen_lock", {"agent_pc", "data_pc", "office_pc", "linux_server", "mail_server", "windows_server"}),
        ("internet_unreachable", {"agent_pc", "data_pc", "linux_server", "mail_server", "windows_server"}),
        ("daily_restart", {"agent_pc", "data_pc"}),
        ("printing_off", {"data_pc"}),
        ("collection_system_reachable", {"agent_pc"}),
        ("single_network", {"agent_pc", "data_pc", "office_pc"}),
        ("raid_healthy", {"linux_server", "mail_server"}),
        ("mail_server_absent", {"agent_pc", "data_pc", "office_pc", "linux_server", "windows_server"}),
        ("mail_relay_closed", {"mail_server"}),
        ("device_classes_denied", {"agent_pc", "data_pc", "office_pc", "windows_server"}),
        ("update_server_internal", {"agent_pc", "data_pc", "windows_server"}),
        ("remote_desktop_strict", {"windows_server"}),
    ],
)
def test_a_group_gets_what_is_meant_for_it(packaged, control, groups):
    """What is for data PCs, for servers or for mail servers is asked of no other machine."""
    assert groups == {name for name in packaged.baselines if control in packaged.baselines[name].controls}


@pytest.mark.parametrize(
    ("control", "kind", "parameter", "north", "south"),
    [
        ("screen_lock", "linux", "idle_seconds", 900, 600),
        ("password_length", "linux", "min_length", 12, 8),
        ("cctv_retention", "nvr", "retention_days", 92, 184),
        ("domain_password_length", "domain", "min_length", 12, 8),
        ("ups_runtime", "ups", "runtime_minutes", 60, 120),
    ],
)
def test_the_two_banks_differ_and_merge_to_the_strictest(packaged, control, kind, parameter, north, south):
    """Each bank alone gets its own figure, both together the stricter one, with both named."""
    banks = {name: packaged.baselines[f"bank_{name}"] for name in ("north", "south")}

    def value(*names: str):
        return choose(packaged.controls[control], kind, [banks[name] for name in names])

    assert [north, south] == [value(name).values[parameter] for name in ("north", "south")]
    both = value("north", "south")
    strictest = {"min": min, "max": max}[packaged.controls[control].parameters[parameter].strictest]
    assert strictest(north, south) == both.values[parameter]
    assert ["bank_north", "bank_south"] == [said["name"] for said in both.provenance[parameter]["merged_from"]]


def test_a_value_knows_its_line(packaged):
    """The file and line of a provenance lead to the value."""
    root = catalogue.files("policies")
    origin = choose(packaged.controls["screen_lock"], "linux", [packaged.baselines["bank_south"]]).provenance["idle_seconds"]
    path, _, line = origin["file"].rpartition(":")

    text = root.joinpath(path.removeprefix("policies/")).read_text(encoding="utf-8").splitlines()

    assert "idle_seconds: {value: 600," in text[int(line) - 1]
