# SPDX-License-Identifier: Apache-2.0
"""The laws of osquery's SQL functions, against published vectors and Python's own library."""

from __future__ import annotations

import base64
import hashlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.connections.recorded import RecordedSource
from agents.engine import Engine, QueryError
from agents.functions import FUNCTIONS


@pytest.fixture(scope="module")
def value():
    """Compute one SQL expression."""
    with Engine(RecordedSource("linux", {}, "r")) as engine:
        yield lambda expression: engine.query(f"SELECT {expression} AS value").rows[0]["value"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # osquery's documentation of split and regex_split
        ("split('192.168.0.1', '.', 1)", "168"),
        ("split('192.168.0.1', '.0', 0)", "192"),
        ("regex_split('192.168.0.1', '\\.0', 0)", "192.168"),
        ("split('a,,b', ',', 1)", "b"),
        ("split(' a , b ', ',', 1)", "b"),
        ("split('a-b]c^d', '-]^', 3)", "d"),
        ("split('a', ',', 1)", None),
        ("split('a', ',', -1)", None),
        ("split('', ',', 0)", None),
        ("split(NULL, ',', 0)", None),
        ("split(5.5, '.', 1)", "5"),
        ("regex_split('a1b22c', '[0-9]+', 2)", "c"),
        ("regex_split('abc', 'x*', 0)", "abc"),
        ("regex_match('foo-bar', '(foo)-(bar)', 0)", "foo-bar"),
        ("regex_match('foo-bar', '(foo)-(bar)', 2)", "bar"),
        ("regex_match('foo', '(foo)(x)?', 2)", ""),
        ("regex_match('foo', '(foo)', 2)", None),
        ("regex_match('foo', 'bar', 0)", None),
        ("regex_match(NULL, 'bar', 0)", None),
        ("regex_match('a\nb\n', 'b$', 0)", None),
        ("regex_match('ab12', '[[:digit:]]+', 0)", "12"),
        ("regex_match('x[y', '[[]y', 0)", "[y"),
        ("regex_match('a$', '[$]', 0)", "$"),
        ("regex_match('a]b', '[^]]', 0)", "a]"),
        ("regex_match('a]b', '[]', 0)", None),
        ("regex_match('٣', '\\d', 0)", None),
        ("regex_match('ab', 'a(?=b)', 0)", "a"),
        ("regex_match('ab', 'a(?!b)', 0)", None),
        ("regex_match('(?', '\\(\\?', 0)", "(?"),
        # The classic Soundex examples
        ("soundex('Robert')", "R163"),
        ("soundex('Rupert')", "R163"),
        ("soundex('Rubin')", "R150"),
        ("soundex('Tymczak')", "T522"),
        ("soundex('lee')", "L000"),
        ("soundex('')", "?000"),
        ("soundex(NULL)", "?000"),
        ("soundex('12')", "?000"),
        # Text that SQLite has by itself
        ("concat('a', NULL, 1)", "a1"),
        ("concat_ws('-', 'a', NULL, 'b')", "a-b"),
        # RFC 4648, section 10
        ("to_base64('foobar')", "Zm9vYmFy"),
        ("to_base64('fooba')", "Zm9vYmE="),
        ("to_base64('')", ""),
        ("from_base64('Zm9vYg==')", "foob"),
        ("from_base64('Zm9vYg')", "foob"),
        ("from_base64('Zm9v\nYmFy')", "foobar"),
        ("from_base64('*')", ""),
        ("conditional_to_base64('plain ~')", "plain ~"),
        ("conditional_to_base64('tab' || char(9))", "dGFiCQ=="),
        ("conditional_to_base64('é')", "w6k="),
        # RFC 1321 and FIPS 180
        ("md5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("sha256(NULL)", None),
        ("md5(5)", hashlib.md5(b"5").hexdigest()),  # noqa: S324 - the oracle
        ("inet_aton('192.168.0.1')", 3232235521),
        ("inet_aton('::1')", None),
        ("inet_aton('1.2.3')", None),
        ("inet_aton(NULL)", None),
        ("in_cidr_block('10.0.0.0/8', '10.255.1.2')", 1),
        ("in_cidr_block('10.0.0.0/8', '11.0.0.0')", 0),
        ("in_cidr_block('198.51.100.1/24', '198.51.100.255')", 1),
        ("in_cidr_block('2001:db8::/32', '2001:db8:ffff::1')", 1),
        # osquery's documentation of community_id_v1 and the baseline of its specification
        ("community_id_v1('66.35.250.204', '128.232.110.120', 80, 34855, 6)", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        ("community_id_v1('128.232.110.120', '66.35.250.204', 34855, 80, 6)", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        ("community_id_v1('192.168.1.52', '8.8.8.8', 54585, 53, 17, 0)", "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
        ("community_id_v1('8.8.8.8', '192.168.1.52', 53, 54585, 17, 1)", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="),
        ("community_id_v1('192.168.1.52', 'foo', 10, 53, 17, 0)", None),
        ("community_id_v1('192.168.1.52', '192.168.1.1', 10, 53, 17, 100000000)", None),
        ("community_id_v1(NULL, '192.168.1.1', 10, 53, 17)", None),
        ("version_compare('1.10.0', '>', '1.9.1')", 1),
        ("version_compare('1.2', '<', '1.2.1')", 1),
        ("version_compare('1.2', '=', '1.2')", 1),
        ("version_compare('1.2', '>=', '1.2')", 1),
        ("version_compare('1:1.0', '>', '2.0', 1)", 1),
        ("version_compare('1:1.0', '>', '20.0', 0)", 0),
        ("version_compare('2.0~rc1', '<', '2.0', 0, 0, 1)", 1),
        ("parent_directory('/usr/bin/ls')", "/usr/bin"),
        ("parent_directory('ls')", None),
        ("log(exp(2))", 2.0),
        ("log(NULL)", None),
        ("cot(1)", 1 / math.tan(1)),
        ("ceil(1.2)", 2.0),
    ],
)
def test_vectors(value, expression, expected):
    """Each function gives the published answer."""
    assert expected == value(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "split('a', '', 0)",
        "regex_split('a', '', 0)",
        "regex_match('a', '(', 0)",
        "regex_match('a', '(?i)A', 0)",
        "regex_match('a', '(?P<x>a)', 0)",
        "regex_match('a', '(?<x>a)', 0)",
        "regex_match('a', '[', 0)",
        "in_cidr_block('10.0.0.0/33', '10.0.0.1')",
        "in_cidr_block('10.0.0.0/8', '::1')",
        "in_cidr_block(NULL, '10.0.0.1')",
        "community_id_v1_strict('192.168.1.52', 'foo', 10, 53, 17, 0)",
        "community_id_v1_strict('192.168.1.52', '192.168.1.1', 10, 53, 17, 100000000)",
        "community_id_v1_strict('192.168.1.52')",
        "version_compare('1', '!=', '2')",
        "version_compare('1', '<')",
        "version_compare(1, '<', '2')",
        "version_compare('1', '<', '2', 'yes')",
        "parent_directory(5)",
        "find_file_path_in_cmd()",
        "find_file_path_in_cmd('x', 0, 'ab')",
        "is_path_deterministic(NULL)",
        "log(0)",
        "log('x')",
        "cot(0)",
    ],
)
def test_nonsense_is_an_error_of_the_query(value, expression):
    """A function that has no answer says so in one sentence."""
    with pytest.raises(QueryError) as caught:
        value(expression)

    assert "\n" not in str(caught.value).strip()


def test_a_command_line_without_quotes_may_mean_two_files(value, tmp_path):
    """The shortest file is found, and a line that could mean two files is not deterministic."""
    (tmp_path / "a b").write_text("")
    line = f"{tmp_path}/a b -x"
    assert f"{tmp_path}/a b" == value(f"find_file_path_in_cmd('{line}')")
    assert 1 == value(f"is_path_deterministic('{line}')")

    (tmp_path / "a").write_text("")
    assert f"{tmp_path}/a" == value(f"find_file_path_in_cmd('{line}')")
    assert 0 == value(f"is_path_deterministic('{line}')")
    assert f"{tmp_path}/a b" == value(f"find_file_path_in_cmd('\"{tmp_path}/a b\" -x', 1)")
    assert f"{tmp_path}/a b" == value(f"find_file_path_in_cmd('{tmp_path}/a\\ b -x')")
    assert "" == value("find_file_path_in_cmd('/nowhere at all')")
    assert 1 == value("is_path_deterministic('/nowhere at all')")


@given(st.text())
def test_encoding_agrees_with_python(text):
    """Hashes and Base64 of any text equal those of Python's library, and decoding gives the text back."""
    octets = text.encode("utf-8", "replace")
    shown = octets.decode()

    assert hashlib.sha256(octets).hexdigest() == FUNCTIONS["sha256"][1](shown)
    assert base64.b64encode(octets).decode() == FUNCTIONS["to_base64"][1](shown)
    assert shown == FUNCTIONS["from_base64"][1](FUNCTIONS["to_base64"][1](shown))


def test_every_function_is_known_to_sqlite():
    """What is listed is registered, and nothing that SQLite brings is hidden by accident but `log`."""
    with Engine(RecordedSource("linux", {}, "r")) as engine:
        engine._connection.authorizer = None
        names = {row[0] for row in engine._connection.execute("SELECT DISTINCT name FROM pragma_function_list WHERE builtin = 0")}

    assert set(FUNCTIONS) <= names
