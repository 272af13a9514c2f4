# SPDX-License-Identifier: Apache-2.0
"""Files for osqueryd and for Fleet have the shape their readers want."""

from __future__ import annotations

import json

import control_cases
import pytest
import yaml

from menshen.compiling import rules_of
from policies.compile import fleet, osquery
from policies.compile.query import passing

KINDS = ("linux", "windows")


@pytest.fixture(scope="module")
def rules():
    known = control_cases.known()
    return [rule for kind in KINDS for rule in rules_of(known, [known.baselines["agent_pc"]], kind)]


@pytest.fixture(scope="module")
def packs(rules):
    return {name: json.loads(text) for name, text in osquery.files(rules, "agent_pc").items()}


def test_every_rule_is_scheduled_once(rules, packs):
    """Each rule stands in one pack of its kind, with its `when` beside it."""
    scheduled = [(pack["platform"], name) for path, pack in packs.items() if "/packs/" in path for name in pack["queries"]]
    expected = [(rule.kind, name) for rule in rules for name in [rule.control, *[f"{rule.control}.when"] * bool(rule.when)]]

    assert sorted(expected) == sorted(scheduled)


def test_the_configuration_names_the_packs(packs):
    """Osqueryd is told of each pack, where its package would look for it."""
    for kind in KINDS:
        named = {place.replace("\\", "/").rpartition("/")[2] for place in packs[f"{kind}/osquery.conf"]["packs"].values()}
        assert named == {path.rpartition("/")[2] for path in packs if path.startswith(f"{kind}/packs/")}


def test_discovery_asks_only_core_tables(packs):
    """A pack of our own tables waits for them, by a table that osqueryd always has; one error there would stop the rest."""
    found = [query for pack in packs.values() for query in pack.get("discovery", ())]

    assert found
    assert all(query.startswith("SELECT 1 FROM osquery_registry WHERE ") for query in found)


def test_no_name_says_difference(packs):
    """Every query is a snapshot: an unchanged answer is an answer, and an empty one too."""
    assert all(one["snapshot"] and one["interval"] > 0 for pack in packs.values() for one in pack.get("queries", {}).values())


def test_a_policy_has_what_fleet_reads(rules):
    """A policy has a name of its own, a query, words and a platform, and no other key; the team names each file."""
    files = fleet.files(rules, "agent_pc", "Agents")
    team = yaml.safe_load(files.pop("fleets/agent_pc.yml"))
    policies = [policy for text in files.values() for policy in yaml.safe_load(text)]

    assert {f"../{path}" for path in files} == {one["path"] for one in team["policies"]}
    assert len(rules) == len({policy["name"] for policy in policies})
    assert {frozenset({"name", "query", "description", "resolution", "platform"})} == {frozenset(one) for one in policies}
    assert {passing(rule) for rule in rules} == {policy["query"] for policy in policies}


def test_who_needs_the_extension_is_told(rules):
    """A policy that reads a table of ours says so, and what Fleet shows without it."""
    files = fleet.files(rules, "agent_pc", "Agents")
    policy = yaml.safe_load(files["lib/linux/policies/usb_storage_blocked.yml"])[0]

    assert "module_config" in policy["description"]
