# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import date

import pytest

from policies.exception import Grant
from policies.merge import MergeError, choose

TITLE = "title: {en: x, zh: x}\n"
LONG_AGO, FAR_OFF = date(2026, 1, 1), date(2026, 12, 31)


def bank(folder, name: str, value: str, control: str = "screen_lock", parameter: str = "idle_seconds") -> None:
    folder.write(
        f"baselines/{name}.yml",
        f"id: {name}\n{TITLE}bank: {name}\nvalues:\n  {control}:\n    {parameter}: {{value: {value}, clause: rule of {name}}}\n",
    )


def grant(**parameters) -> Grant:
    return Grant(
        id="EX-1",
        control="screen_lock",
        subjects=("pc1",),
        device=None,
        reason="r",
        approver="a",
        compensating_control="c",
        bank_filing="b",
        from_date=LONG_AGO,
        until=FAR_OFF,
        parameters=parameters,
        file="inventory/exceptions.yml:2",
    )


def chosen(folder, baselines=(), inventory=None, exception=None, control="screen_lock", kind="linux"):
    catalogue = folder.load()
    return choose(catalogue.controls[control], kind, [catalogue.baselines[name] for name in baselines], inventory, exception)


def refusal(folder, *arguments, **named) -> str:
    with pytest.raises(MergeError) as caught:
        chosen(folder, *arguments, **named)
    return str(caught.value)


def test_the_default_counts_where_nobody_says_anything(folder):
    """Without baselines and inventory the default counts, with its line in the control's file."""
    found = chosen(folder)

    assert {"idle_seconds": 900} == found.values
    assert {
        "origin": "default",
        "name": "",
        "bank": None,
        "clause": "",
        "file": "policies/controls/workstation/screen_lock.yml:15",
        "merged_from": [],
    } == found.provenance["idle_seconds"]


@pytest.mark.parametrize("order", [("north", "south"), ("south", "north")])
def test_banks_merge_to_the_strictest_with_their_clauses(folder, order):
    """Two banks' values merge to the stricter one in any order; the provenance names the winner and both."""
    bank(folder, "north", "900")
    bank(folder, "south", "600")

    found = chosen(folder, order)
    origin = found.provenance["idle_seconds"]

    assert {"idle_seconds": 600} == found.values
    assert ("baseline", "south", "south", "rule of south", "policies/baselines/south.yml:6") == tuple(
        origin[key] for key in ("origin", "name", "bank", "clause", "file")
    )
    assert [
        {"name": name, "bank": name, "value": {"north": 900, "south": 600}[name], "clause": f"rule of {name}"} for name in order
    ] == origin["merged_from"]


def test_a_baseline_may_be_looser_than_the_default(folder):
    """The default is only a suggestion: what a baseline says replaces it."""
    folder.change("controls/workstation/screen_lock.yml", "default: 900", "default: 300")

    assert {"idle_seconds": 600} == chosen(folder, ["pc"]).values


def test_a_baseline_of_another_kind_says_nothing(folder):
    """A baseline meant for other kinds does not speak of this subject."""
    folder.add_control("other", kinds={"windows": {"observe": "SELECT $idle_seconds AS ok"}})
    folder.write("baselines/pc.yml", f"id: pc\n{TITLE}kinds: [linux]\ncontrols:\n  other: {{idle_seconds: 600}}\n")

    assert "default" == chosen(folder, ["pc"], control="other", kind="windows").provenance["idle_seconds"]["origin"]


def test_a_merged_list_names_all_who_made_it(folder):
    """A union is nobody's own value: the provenance names every baseline in it."""
    listed = {"title": {"en": "x", "zh": "x"}, "type": "list", "default": [], "strictest": "union"}
    title = {"en": "x", "zh": "x"}
    folder.add_control(
        "other", title=title, remedy=title, parameters={"names": listed}, kinds={"linux": {"observe": "SELECT 'a' IN $names AS ok"}}
    )
    bank(folder, "north", "[b]", "other", "names")
    bank(folder, "south", "[a]", "other", "names")

    found = chosen(folder, ["north", "south"], control="other")

    assert {"names": ["a", "b"]} == found.values
    assert ("north + south", "rule of north; rule of south") == tuple(found.provenance["names"][key] for key in ("name", "clause"))


def test_an_unmergeable_pair_is_refused_by_name(folder):
    """Without a rule two values are refused: control, parameter, both baselines, both values, both places."""
    folder.change("controls/workstation/screen_lock.yml", "    strictest: min\n", "")
    bank(folder, "north", "900")
    bank(folder, "south", "600")

    assert (
        "policies/baselines/south.yml:6:1: screen_lock: idle_seconds cannot be merged: north says 900"
        " (policies/baselines/north.yml:6), south says 600 (policies/baselines/south.yml:6), and it has no rule strictest"
    ) == refusal(folder, ["north", "south"])


def test_equal_values_merge_without_a_rule(folder):
    """Two baselines that agree need no rule."""
    folder.change("controls/workstation/screen_lock.yml", "    strictest: min\n", "")
    bank(folder, "north", "600")

    assert {"idle_seconds": 600} == chosen(folder, ["north", "pc"]).values


def test_the_inventory_may_be_stricter(folder):
    """A stricter or equal value of the inventory counts, and what the baselines said is kept beside it."""
    found = chosen(folder, ["pc"], {"idle_seconds": 300})

    assert {"idle_seconds": 300} == found.values
    assert "inventory" == found.provenance["idle_seconds"]["origin"]
    assert [600] == [said["value"] for said in found.provenance["idle_seconds"]["merged_from"]]
    assert {"idle_seconds": 600} == chosen(folder, ["pc"], {"idle_seconds": 600}).values


@pytest.mark.parametrize(
    ("inventory", "message"),
    [
        ({"idle_seconds": 601}, "inventory: screen_lock: idle_seconds=601 is looser than 600 (pc); only an exception can allow it"),
        ({"idle_seconds": 3600}, "inventory: screen_lock: idle_seconds=3600 is outside 1..900"),
        ({"idle_seconds": "600"}, "inventory: screen_lock: idle_seconds=600 is not a whole number"),
        ({"idle": 1}, "inventory: screen_lock: unknown parameter idle; did you mean idle_seconds?"),
    ],
)
def test_the_inventory_may_not_be_looser_or_wrong(folder, inventory, message):
    """A looser, impossible or unknown value of the inventory is refused by name."""
    assert message == refusal(folder, ["pc"], inventory)


def test_the_inventory_may_not_be_looser_than_the_default(folder):
    """Where only the default speaks, it is the limit."""
    folder.change("controls/workstation/screen_lock.yml", "default: 900", "default: 300")

    assert "is looser than 300 (default)" in refusal(folder, [], {"idle_seconds": 301})


def test_the_inventory_is_free_where_there_is_no_rule_and_no_baseline(folder):
    """A parameter without a rule is a fact of the site, until a baseline says otherwise."""
    folder.change("controls/workstation/screen_lock.yml", "    strictest: min\n", "")

    assert {"idle_seconds": 700} == chosen(folder, [], {"idle_seconds": 700}).values
    assert "idle_seconds=700 differs from 600 (pc)" in refusal(folder, ["pc"], {"idle_seconds": 700})


def test_an_exception_allows_a_looser_value(folder):
    """What a live exception grants counts, with the exception as its origin; the baselines' words stay beside it."""
    found = chosen(folder, ["pc"], None, grant(idle_seconds=800))

    assert {"idle_seconds": 800} == found.values
    assert ("exception", "EX-1", "inventory/exceptions.yml:2") == tuple(
        found.provenance["idle_seconds"][key] for key in ("origin", "name", "file")
    )
    assert [600] == [said["value"] for said in found.provenance["idle_seconds"]["merged_from"]]


@pytest.mark.parametrize(("wanted", "origin"), [(300, "inventory"), (600, "inventory"), (601, "exception"), (800, "exception")])
def test_the_inventory_moves_within_what_is_granted(folder, wanted, origin):
    """With an exception the inventory may go as far as it grants; within the baselines it needs none."""
    found = chosen(folder, ["pc"], {"idle_seconds": wanted}, grant(idle_seconds=800))

    assert ({"idle_seconds": wanted}, origin) == (found.values, found.provenance["idle_seconds"]["origin"])


def test_an_exception_does_not_reach_beyond_itself(folder):
    """Looser than granted is refused, and a grant cannot leave the parameter's limits."""
    assert "idle_seconds=801 is looser than 800 (EX-1)" in refusal(folder, ["pc"], {"idle_seconds": 801}, grant(idle_seconds=800))
    assert "inventory/exceptions.yml:2:1: screen_lock: idle_seconds=3600 is outside 1..900" == refusal(
        folder, ["pc"], None, grant(idle_seconds=3600)
    )


def test_all_refusals_of_a_control_come_together(folder):
    """Every value that cannot stand is named in one error."""
    found = refusal(folder, ["pc"], {"idle": 1, "idle_seconds": 0})

    assert "unknown parameter idle" in found
    assert "idle_seconds=0 is outside 1..900" in found
