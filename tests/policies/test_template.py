# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import template

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
# Figures as people write them. SQLite 3.40 reads the last bit of extreme exponents (3.4e-294) otherwise than it was written.
FIGURES = st.integers(-(10**12), 10**12).map(lambda thousandths: thousandths / 1000)
SCALARS = st.one_of(TEXTS, st.booleans(), st.integers(-(2**63), 2**63 - 1), FIGURES)


def answered(sql: str) -> object:
    connection = sqlite3.connect(":memory:")
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


@given(SCALARS)
def test_a_literal_is_read_back_as_it_was(value):
    """SQLite reads every literal as the very value it was made of, quotes, dollars and signs included."""
    assert value == answered(template.in_sql("SELECT $v", {"v": value}))


@given(st.lists(TEXTS, unique=True, max_size=5), TEXTS)
def test_a_list_holds_its_members_and_nothing_else(members, other):
    """`x IN $list` is true for members only; an empty list holds nothing."""
    values = {"l": members, "x": other}

    assert (other in members) == bool(answered(template.in_sql("SELECT $x IN $l", values)))
    assert all(answered(template.in_sql("SELECT $x IN $l", {"l": members, "x": member})) for member in members)


def test_an_empty_list_is_null_in_parentheses():
    """Nothing is in an empty list, and the SQL stays valid."""
    assert "(NULL)" == template.literal([])


def test_a_negative_number_starts_no_comment():
    """`x -$n` stays a subtraction."""
    assert 15 == answered(template.in_sql("SELECT 10 -$n", {"n": -5}))


def test_a_nul_cannot_stand_in_sql():
    """Text with a NUL, at which SQLite would cut the literal, is refused."""
    with pytest.raises(ValueError, match="NUL"):
        template.literal("a\0'; x")


@pytest.mark.parametrize(
    ("data", "filled"),
    [
        ("$n", 600),
        ("${n}", 600),
        ("$b", True),
        ("$l", ["x", "y"]),
        ("uint32 $n", "uint32 600"),
        ("${n}s", "600s"),
        ("on=$b", "on=true"),
        ("Ciphers $l", "Ciphers x,y"),
        ("$$n", "$n"),
        ("cost: 5$$", "cost: 5$"),
        ({"a": ["$n", {"b": "$s"}], "c": 7, "d": None}, {"a": [600, {"b": "te'xt"}], "c": 7, "d": None}),
    ],
)
def test_data_keeps_types_where_a_name_stands_alone(data, filled):
    """A lone name keeps its type in data, in longer text it becomes text, `$$` is a dollar."""
    values = {"n": 600, "b": True, "l": ["x", "y"], "s": "te'xt"}

    result = template.in_data(data, values)

    assert filled == result
    assert type(filled) is type(result)


def test_filled_data_shares_no_list_with_the_values():
    """Changing what was filled in does not change the value."""
    values = {"l": ["x"]}

    template.in_data("$l", values).append("y")

    assert ["x"] == values["l"]


def test_words_are_said_as_each_language_does():
    """Lists and booleans are said in the language of the sentence."""
    values = {"l": ["a", "b"], "b": True, "n": 22.5}

    assert "a, b: yes, 22.5" == template.in_words("$l: $b, $n", values, "en")
    assert "a、b：是，22.5" == template.in_words("$l：$b，$n", values, "zh")


@pytest.mark.parametrize("text", ["costs 5$", "'^a$'", "$ x", "$1", "$Name", "${open"])
def test_a_stray_dollar_is_noticed(text):
    """What is neither a name nor `$$` is no template."""
    assert None is template.names(text)
    with pytest.raises(ValueError, match="placeholder"):
        template.in_sql(text, {"name": 1})


def test_an_unknown_name_is_an_error_not_an_empty_text():
    """Substitution is strict."""
    with pytest.raises(KeyError):
        template.in_sql("SELECT $x", {})


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT '%$x%'", ["x"]),
        ("SELECT 'a''$x'", ["x"]),
        ("SELECT $x || '%'", []),
        ("SELECT '$$x'", []),
        ("-- don't\nSELECT $x, 'a'", []),
        ("/* isn't */ SELECT $x, 'a'", []),
    ],
)
def test_names_inside_quotes_are_found(sql, names):
    """A name inside a quoted SQL text is found, one in code or after an apostrophe in a comment is not."""
    assert names == template.quoted_names(sql)
