# SPDX-License-Identifier: Apache-2.0
"""The catalogue that is shipped."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("control", "kind", "parameter", "north", "south"),
    [
        ("screen_lock", "linux", "idle_seconds", 900, 600),
        ("password_length", "linux", "min_length", 12, 8),
        ("cctv_retention", "nvr", "retention_days", 92, 184),
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
