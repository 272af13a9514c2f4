# SPDX-License-Identifier: Apache-2.0
"""The laws of packs: osquery's files are read as osquery reads them, and each query answers for itself."""

from __future__ import annotations

import json

import pytest
from spy_source import SpySource

from agents.engine import Engine
from agents.packs import PackError, plain, read, run

PACK = r"""
# comments as in osquery's own configuration
{
  // of the whole pack
  "platform": "linux",
  "discovery": ["SELECT 1 FROM users"],
  "queries": {
    "all_users": {"query": "SELECT * FROM users;", "interval": "3600", "platform": "any"},
    "joined": {"query": "SELECT username, \
                                uid \
                         FROM users WHERE username LIKE '//%' OR '#' <> '/* no comment */'"},
    "mac": {"query": "SELECT * FROM launchd;", "platform": "darwin"},
    "ubuntu": {"query": "SELECT 1", "platform": "ubuntu,centos"}, /* a distribution
       is Linux */
    "not_found": {"query": "SELECT 1", "discovery": ["SELECT 1 FROM mounts"]},
    "unserved": {"query": "SELECT * FROM iptables;"},
    "wrong": {"query": "SELECT * FROM usrs;"},
  }, // the last comma is osquery's
}
"""


def test_a_pack_is_run_once(tmp_path):
    """Each query of the pack gives its state, rows and time, and the reason where it gave no answer."""
    path = tmp_path / "linux.conf"
    path.write_text(PACK)
    with Engine(SpySource(users=[{"uid": 0, "username": "root"}], mounts=[])) as engine:
        document = run(engine, path)

    assert [
        ("all_users", "ok", 1, ""),
        ("joined", "ok", 1, ""),
        ("mac", "unserved", 0, "the query is for darwin, not for linux"),
        ("ubuntu", "ok", 1, ""),
        ("not_found", "unserved", 0, "its discovery query found no row: SELECT 1 FROM mounts"),
        ("unserved", "unserved", 0, "spy has no iptables"),
        ("wrong", "error", 0, "no such table: usrs; did you mean users?"),
    ] == [(one["name"], one["status"], one["rows"], one["error"]) for one in document["results"]]
    assert all(one["ms"] >= 0 for one in document["results"])
    assert document == json.loads(json.dumps(document))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x // y # z /* w */"}', {"a": "x // y # z /* w */"}),
        ('{"a": "x\\\ny"}', {"a": "xy"}),
        ('{"a": "x\\\\\\\r\ny"}', {"a": "x\\y"}),
        ('{"a": "C:\\\\", "b": 1}', {"a": "C:\\", "b": 1}),
        ('{"a": "\\"//"}', {"a": '"//'}),
        ('{\n# a\n  # b\n"a": [1, 2,], // c\n}', {"a": [1, 2]}),
    ],
)
def test_the_json_of_osquery(text, value):
    """Comments, joined lines and trailing commas go, and texts keep every character."""
    assert value == json.loads(plain(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "no pack: it has no queries"),
        ('{"queries": []}', "no pack: it has no queries"),
        ('{"queries": {"a": {"sql": "SELECT 1"}}}', "the query a has no SQL under the key query"),
        ("\xff\xfe", None),
    ],
)
def test_what_is_no_pack_says_so(tmp_path, text, message):
    """A file that is no pack is an error that begins with its path."""
    path = tmp_path / "bad.conf"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PackError) as caught:
        read(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert message is None or f"{path}: {message}" == str(caught.value)
