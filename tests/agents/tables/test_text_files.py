# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os

import pytest

from agents.host import TEXT_LIMIT, Host
from agents.source import Ask, Constraint, NotObservedError
from agents.tables.linux import paths

LOGIN_DEFS = "# Ageing\nPASS_MAX_DAYS\t90\nUMASS=\n\n  ENCRYPT_METHOD yescrypt\n"
GDM = '# GDM\n[daemon]\nAutomaticLoginEnable = false\nWaylandEnable=false\n[security]\n; nothing\n[ xdmcp ]\nName="a = b" \nAlone\n'


def test_lines_are_numbered_from_one_and_the_last_line_end_adds_none(record, rows):
    """A file's lines come in order without line ends, and a file that ends in a line end has no empty last line."""
    host = record({"/etc/issue": "one\r\n\ntwo\n", "/etc/empty": ""})
    found = rows("file_lines", host, path="/etc/issue")
    assert [(1, "one"), (2, ""), (3, "two")] == [(row["line_number"], row["line"]) for row in found]
    assert [] == rows("file_lines", host, path="/etc/empty")


def test_what_is_absent_or_no_regular_file_has_no_lines(record, rows, tmp_path):
    """Absence is an answer, a folder has no lines, and a pipe is not opened, or the audit would hang."""
    host = record({"/etc/issue": "x"})
    os.mkfifo(tmp_path / "etc/pipe")
    assert [] == [
        row for path in ("/etc/none", "/etc", "/etc/pipe", "/etc/issue/x", "/a\0b") for row in rows("file_lines", host, path=path)
    ]


@pytest.mark.parametrize("content", [b"\x7fELF\0\0", b"x" * (TEXT_LIMIT + 1)], ids=["binary", "huge"])
def test_what_is_no_text_is_refused_not_cut(record, rows, content):
    """A binary or huge file is not observed; cutting it would let a rule hide behind the cut."""
    host = record({"/etc/thing": content})
    with pytest.raises(NotObservedError, match="/etc/thing"):
        rows("file_lines", host, path="/etc/thing")


def test_what_only_root_may_read_says_so(rows, as_nobody):
    """A file without the right to read it is not observed, and the message says what would help."""
    del as_nobody
    with pytest.raises(NotObservedError, match="root"):
        rows("file_lines", Host(), path="/etc/shadow")


def test_a_pattern_names_files_of_one_level_and_two_signs_all_below(record, rows):
    """`%` stands within one level, `%%` at the end for everything below, as in the file table."""
    host = record({"/etc/a.conf": "1", "/etc/.hidden.conf": "2", "/etc/d/b.conf": "3", "/etc/d/e/c.conf": "4"})
    one = {row["path"] for row in rows("file_lines", host, like={"path": "/etc/%.conf"})}
    middle = {row["path"] for row in rows("file_lines", host, like={"path": "/etc/%/b.conf"})}
    deep = {row["path"] for row in rows("file_lines", host, like={"path": "/etc/d/%%"})}
    assert {"/etc/a.conf", "/etc/.hidden.conf"} == one
    assert {"/etc/d/b.conf"} == middle
    assert {"/etc/d/b.conf", "/etc/d/e/c.conf"} == deep


def test_a_pattern_does_not_follow_a_link_in_a_circle(record, tmp_path):
    """Everything below a folder ends, although a link points back up."""
    host = record({"/etc/d/x": ""})
    (tmp_path / "etc/d/up").symlink_to("..")
    assert ["/etc/d", "/etc/d/up", "/etc/d/x"] == list(paths.expand(host, "/etc/%%"))


def test_regular_expression_signs_in_a_pattern_are_plain(record):
    """Only the per cent sign is a wildcard; dots and brackets stand for themselves."""
    host = record({"/etc/a.b": "", "/etc/axb": "", "/etc/a[b]": ""})
    assert ["/etc/a.b"] == list(paths.expand(host, "/etc/a.b%"))
    assert ["/etc/a[b]"] == list(paths.expand(host, "/etc/%[b]"))


def test_a_comparison_that_names_no_file_is_not_answered_by_silence(record):
    """`path GLOB ...` cannot tell which files to read, so it is refused rather than answered with no rows."""
    ask = Ask(frozenset({"path"}), {"path": (Constraint("GLOB", "/etc/*"),)})
    with pytest.raises(NotObservedError, match="LIKE"):
        list(paths.asked(record({}), ask))


def test_settings_are_split_at_blank_or_equals_and_know_their_section(record, rows):
    """`KEY value`, `key = value` and `key=value` give the same shape; comments are dropped, quotes taken off."""
    host = record({"/etc/login.defs": LOGIN_DEFS, "/etc/gdm3/custom.conf": GDM})
    plain = rows("config_values", host, path="/etc/login.defs")
    assert [("PASS_MAX_DAYS", "90", 2), ("UMASS", "", 3), ("ENCRYPT_METHOD", "yescrypt", 5)] == [
        (row["key"], row["value"], row["line_number"]) for row in plain
    ]
    sections = [(row["section"], row["key"], row["value"]) for row in rows("config_values", host, path="/etc/gdm3/custom.conf")]
    assert [
        ("daemon", "AutomaticLoginEnable", "false"),
        ("daemon", "WaylandEnable", "false"),
        ("xdmcp", "Name", "a = b"),
        ("xdmcp", "Alone", ""),
    ] == sections


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("AcceptEnv LANG=C", "AcceptEnv", "LANG=C"),
        ("=odd", "=odd", ""),
        ("a=b=c", "a", "b=c"),
        ("k  =  'v", "k", "'v"),
        ('q ""', "q", ""),
    ],
)
def test_only_an_equals_sign_next_to_the_key_divides(record, rows, line, key, value):
    """An equals sign inside a value belongs to the value."""
    found = rows("config_values", record({"/etc/x": line}), path="/etc/x")
    assert [(key, value)] == [(row["key"], row["value"]) for row in found]
