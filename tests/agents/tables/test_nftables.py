# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import subprocess

import pytest
import system

from agents.host import Host
from agents.source import NotObservedError
from agents.tables.linux import nftables

RULESET = """
table inet t {
  set allowed { type inet_service; elements = { 80 } }
  chain input { type filter hook input priority 0; policy drop;
    ct state established,related accept
    tcp dport 22 accept
    tcp dport { 80, 443 } jump web
    udp dport 6000-6010 drop
    tcp dport != 25 counter
    tcp dport @allowed reject
  }
  chain web { }
}
"""


def load(kind, **fields):
    """Make what nft prints around one object."""
    return json.dumps({"nftables": [{"metainfo": {"json_schema_version": 1}}, {kind: fields}]})


def test_chains_and_rules_of_a_loaded_ruleset(tmp_path):
    """A ruleset loaded into a network namespace of its own is read back as it was written."""
    nft, unshare = system.need("nft"), system.need("unshare")
    (tmp_path / "rules").write_text(RULESET)
    script = f"{nft} -f {tmp_path / 'rules'} && {nft} -j list ruleset"
    done = subprocess.run([unshare, "--net", "--map-root-user", "sh", "-c", script], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine lets nobody make a network namespace: {done.stderr.strip()[:80]}")
    assert [("input", "filter", "input", 0, "drop"), ("web", None, None, None, None)] == [
        tuple(row[name] for name in ("name", "type", "hook", "priority", "policy")) for row in nftables.chains(done.stdout)
    ]
    assert [
        ("accept", None),
        ("accept", "22"),
        ("jump web", "80,443"),
        ("drop", "6000-6010"),
        (None, "!=25"),
        ("reject", "@allowed"),
    ] == [(row["verdict"], row["destination_port"]) for row in nftables.rules(done.stdout)]


def test_a_recorded_answer_is_read():
    """What nft prints for a rule gives family, table, chain, handle, verdict and port."""
    match = {
        "match": {
            "op": "==",
            "left": {"payload": {"protocol": "tcp", "field": "dport"}},
            "right": {"set": [22, {"range": [80, 90]}]},
        }
    }
    (row,) = nftables.rules(
        load("rule", family="ip", table="t", chain="c", handle=4, expr=[match, {"counter": {}}, {"accept": None}])
    )
    assert ("ip", "t", "c", 4, "accept", "22,80-90") == tuple(row.values())[:6]
    (row,) = nftables.chains(load("chain", family="ip", table="t", name="c"))
    assert (None, None) == (row["hook"], row["policy"])


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "[]",
        "null",
        '{"nftables": 1}',
        "[" * 100_000,
        load("rule", family="ip"),
        load("rule", family=1, table="t", chain="c"),
        load("rule", family="ip", table="t", chain="c", expr=5),
    ],
    ids=["empty", "list", "null", "number", "deep", "no chain", "wrong type", "expr"],
)
def test_an_answer_of_another_shape_is_refused(printed):
    """JSON that is not nft's is not taken for an empty ruleset."""
    with pytest.raises(NotObservedError, match="nft printed"):
        list(nftables.rules(printed))


@pytest.mark.parametrize(
    "expression",
    [
        [1, "x"],
        [{"match": []}],
        [{"match": {"left": "x"}}],
        [{"jump": "x"}],
        [{"match": {"left": {"payload": {"field": "dport"}}}}],
    ],
)
def test_an_odd_statement_is_kept_as_text(expression):
    """A statement this project does not know stays in the expression and fails nothing."""
    (row,) = nftables.rules(load("rule", family="ip", table="t", chain="c", expr=expression))
    assert expression == json.loads(row["expression"])


def test_without_root_rules_are_not_observed(rows, as_nobody):
    """Not being allowed to look is told apart from having no rules."""
    del as_nobody
    with pytest.raises(NotObservedError, match="root"):
        rows("nft_chains", Host())


def test_without_nft_rules_are_not_observed(record, rows):
    """Rules may be loaded although the tool to see them is absent."""
    with pytest.raises(NotObservedError, match="nft"):
        rows("nft_rules", record({}))
