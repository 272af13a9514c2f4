# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import functools
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.parameter import Parameter, ValueRefusedError, equal, strictest_of
from policies.text import Text

NUMBERS = st.integers(-50, 50)
LISTS = st.lists(st.sampled_from("abcde"), unique=True)
RULES = {"min": NUMBERS, "max": NUMBERS, "all": st.booleans(), "any": st.booleans(), "union": LISTS, "intersection": LISTS}
TYPES = {"min": "integer", "max": "integer", "all": "boolean", "any": "boolean", "union": "list", "intersection": "list"}


def parameter(type_: str = "integer", **changes) -> Parameter:
    return Parameter(name="p", title=Text("p", "p"), type=type_, default=changes.pop("default", 0), **changes)


def ruled(values: int):
    """Draw a parameter with a rule, and so many values for it."""
    return st.sampled_from(sorted(RULES)).flatmap(
        lambda rule: st.tuples(st.just(parameter(TYPES[rule], strictest=rule)), *[RULES[rule]] * values)
    )


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("integer", True),
        ("integer", 1.0),
        ("integer", "1"),
        ("integer", None),
        ("integer", 2**63),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", "1"),
        ("number", False),
        ("boolean", 1),
        ("boolean", "yes"),
        ("string", 1),
        ("string", "a\0b"),
        ("list", "ab"),
        ("list", ["a", 1]),
        ("list", ["a", "a"]),
        ("list", ["a\0"]),
    ],
)
def test_other_types_are_refused(type_, value):
    """A value of another type is refused, also where Python would take it."""
    with pytest.raises(ValueRefusedError, match=r"^p="):
        parameter(type_).check(value)


@pytest.mark.parametrize(("value", "message"), [(0, "p=0 is outside 1..900"), (901, "p=901 is outside 1..900")])
def test_values_outside_limits_are_refused(value, message):
    """The limits belong to the range, what is beyond them does not."""
    limited = parameter(minimum=1, maximum=900)

    assert [1, 900] == [limited.check(1), limited.check(900)]
    with pytest.raises(ValueRefusedError) as caught:
        limited.check(value)
    assert message == str(caught.value)


def test_one_limit_leaves_the_other_side_open():
    """Without a maximum any large value passes, and the message shows the open side."""
    assert 10**9 == parameter(minimum=1).check(10**9)
    with pytest.raises(ValueRefusedError, match=r"p=0 is outside 1\.\.$"):
        parameter(minimum=1).check(0)


def test_choices_bind_text_and_every_member_of_a_list():
    """A text must be one of the choices, a list must have no other members."""
    assert ["b", "a"] == parameter("list", choices=("a", "b")).check(("b", "a"))
    for type_, value in (("string", "c"), ("list", ["a", "c"])):
        with pytest.raises(ValueRefusedError, match="is not among a, b"):
            parameter(type_, choices=("a", "b")).check(value)


@given(ruled(2))
def test_merging_does_not_depend_on_order(drawn):
    """Merging is commutative, in value and in the order of a list's members."""
    rule, one, other = drawn

    assert rule.merged(one, other) == rule.merged(other, one)


@given(ruled(3))
def test_merging_does_not_depend_on_grouping(drawn):
    """Merging is associative."""
    rule, one, other, third = drawn

    assert rule.merged(rule.merged(one, other), third) == rule.merged(one, rule.merged(other, third))


@given(ruled(1))
def test_merging_with_itself_changes_nothing(drawn):
    """Merging is idempotent."""
    rule, value = drawn

    assert value == rule.merged(value, value)


@given(ruled(3))
def test_what_is_merged_is_never_looser(drawn):
    """The merged value is at least as strict as every input, whatever their order."""
    rule, *values = drawn

    for order in itertools.permutations(values):
        merged = strictest_of(rule, order)
        assert merged is not None
        assert all(rule.no_looser(merged, value) for value in values)


@pytest.mark.parametrize(
    ("rule", "one", "other", "merged"),
    [
        ("min", 900, 600, 600),
        ("max", 8, 12, 12),
        ("all", True, False, False),
        ("any", True, False, True),
        ("union", ["b"], ["a"], ["a", "b"]),
        ("intersection", ["c", "b"], ["b", "a"], ["b"]),
    ],
)
def test_each_rule_says_what_is_stricter(rule, one, other, merged):
    """Each rule merges as its name says, and the loser is looser than the winner."""
    ruled_ = parameter(TYPES[rule], strictest=rule)

    assert merged == ruled_.merged(one, other)
    assert [True, False] == [ruled_.no_looser(merged, one), ruled_.no_looser(one, merged) and ruled_.no_looser(other, merged)]


def test_without_a_rule_only_equal_values_merge():
    """Different values of a parameter without a rule have no merged value; equal ones do."""
    free = parameter("string")

    assert None is free.merged("a", "b")
    assert "a" == strictest_of(free, ["a", "a"])
    assert None is strictest_of(free, ["a", "b", "a"])
    assert not free.no_looser("a", "b")


def test_a_list_of_what_is_looked_for_is_never_emptied():
    """Where lists unite, an empty one would let everything pass: only a list that is empty by default may be."""
    assert ["a"] == parameter("list", default=["b"], strictest="union").check(["a"])
    assert [] == parameter("list", default=["b"], strictest="intersection").check([])
    assert [] == parameter("list", default=[], strictest="union").check([])
    with pytest.raises(ValueRefusedError, match=r"p=\[\] is empty: nothing would be looked at"):
        parameter("list", default=["b"], strictest="union").check([])


@given(st.lists(LISTS, min_size=1, max_size=4))
def test_union_and_intersection_are_those_of_sets(lists):
    """Merging many lists gives the members sets would give."""
    sets = [set(members) for members in lists]

    assert set.union(*sets) == set(strictest_of(parameter("list", strictest="union"), lists))
    assert functools.reduce(set.__and__, sets) == set(strictest_of(parameter("list", strictest="intersection"), lists))


def test_lists_are_compared_as_sets():
    """Two lists with the same members are equal."""
    assert equal(["a", "b"], ["b", "a"])
    assert not equal(["a"], ["a", "b"])
