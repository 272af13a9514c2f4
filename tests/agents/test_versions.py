# SPDX-License-Identifier: Apache-2.0
"""The laws of version order, against dpkg itself and the published examples of rpm."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from system import need

from agents import versions
from agents.collations import COLLATIONS
from agents.connections.recorded import RecordedSource
from agents.engine import Engine

# Debian Policy 5.6.12 and the usual traps: epochs, tildes, leading zeros, letters, revisions.
DEBIAN = [
    "0",
    "1.0~~",
    "1.0~~a",
    "1.0~",
    "1.0",
    "1.0a",
    "1.0+b1",
    "1.0-1",
    "1.0.1",
    "1.09",
    "1.10",
    "2.0~rc1-1",
    "2.0-1",
    "1:0.1",
    "10:1",
]
PARTS = st.text(st.sampled_from("0129a.+~Z"), min_size=1, max_size=6)


def sign(number):
    return (number > 0) - (number < 0)


def dpkg_order(left, right):
    """Ask dpkg."""
    for relation, order in (("lt", -1), ("eq", 0)):
        if not subprocess.run(["dpkg", "--compare-versions", left, relation, right], check=False, capture_output=True).returncode:
            return order
    return 1


@pytest.mark.parametrize("left", DEBIAN)
def test_dpkg_order_of_examples(left):
    """Each pair of examples is ordered as dpkg orders it."""
    need("dpkg-query")
    expected = {right: dpkg_order(left, right) for right in DEBIAN}

    assert expected == {right: sign(versions.dpkg(left, right)) for right in DEBIAN}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["", "0:", "1:"]), PARTS, PARTS, st.sampled_from(["", "-1", "-0ubuntu1", "-1~bpo"]))
def test_dpkg_order_of_anything(epoch, left, right, revision):
    """Any two versions are ordered as dpkg orders them."""
    need("dpkg-query")
    one, other = f"{epoch}1{left}{revision}", f"1{right}"

    assert dpkg_order(one, other) == sign(versions.dpkg(one, other))


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        ("1.0", "1.0", 0),
        ("1.0", "2.0", -1),
        ("2.0.1", "2.0", 1),
        ("2.0.1a", "2.0.1", 1),
        ("5.5p1", "5.5p10", -1),
        ("10xyz", "10.1xyz", -1),
        ("xyz10", "xyz10.1", -1),
        ("xyz.4", "8", -1),
        ("1.0~rc1", "1.0", -1),
        ("1.0~rc1~git123", "1.0~rc1", -1),
        ("1.0^", "1.0", 1),
        ("1.0^git1", "1.01", -1),
        ("1.0^20160101", "1.0.1", -1),
        ("1.0~rc1^git1", "1.0~rc1", 1),
        ("2_0", "2.0", 0),
        ("1.05", "1.5", 0),
        ("20101121", "20101122", -1),
        ("1:1.0-1", "2.0-1", 1),
        ("1.0-1", "1.0-2", -1),
        ("1.0", "1.0-2", 0),
    ],
)
def test_rpm_order(left, right, order):
    """The published examples of rpmvercmp hold in both directions."""
    assert order == sign(versions.rpm(left, right))
    assert -order == sign(versions.rpm(right, left))


@given(st.text("0129a.-~^:", max_size=6), st.text("0129a.-~^:", max_size=6))
def test_order_turns_with_its_sides(left, right):
    """Every collation says the opposite when the two sides are exchanged, and 0 of equals."""
    for compare in COLLATIONS.values():
        assert sign(compare(left, right)) == -sign(compare(right, left))
        assert 0 == compare(left, left)


def test_columns_sort_by_their_collation():
    """A version column sorts and compares as versions without any word in the query."""
    rows = [{"name": "x", "version": text} for text in ("1.10", "1.9", "1.10~rc1")]
    with Engine(RecordedSource("linux", {"deb_packages": rows}, "r")) as engine:
        found = [row["version"] for row in engine.query("SELECT version FROM deb_packages ORDER BY version").rows]
        later = engine.query("SELECT count(*) AS n FROM deb_packages WHERE version > '1.9'").rows

    assert ["1.9", "1.10~rc1", "1.10"] == found
    assert [{"n": 2}] == later
