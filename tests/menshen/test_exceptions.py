# SPDX-License-Identifier: Apache-2.0
"""Exceptions are granted and revoked without touching what people wrote around them, and every one is in the ledger."""

from __future__ import annotations

import json

import jsonschema
import pytest
from commandline import ROOT, menshen

from menshen import exceptions
from policies import exception
from policies.catalogue import load
from policies.problems import CatalogueError
from reports.chain import Chain

HOSTS = "all: {children: {pcs: {hosts: {pc-1: {menshen_kind: linux, menshen_baselines: [agent_pc]}}}}}\n"
WORDS = ("--reason", "dongle: #1", "--approver", "总经理", "--compensating-control", "camera", "--bank-filing", "letter 5")
GRANT = ("exception", "grant", "--control", "screen_lock", "--subject", "pcs", "--until", "2096-01-31", *WORDS)
FILE = """\
# the head stays

exceptions:
# before the first
- id: EX-OLD     # its number
  control: screen_lock
  subjects: [pc-1]
  reason: x
  approver: x
  compensating_control: x
  bank_filing: x
  from: 2026-01-01
  until: 2096-12-31   # the end
# after the last
"""


@pytest.fixture
def site(tmp_path):
    """Give an inventory with a host in a group."""
    (tmp_path / "hosts.yml").write_text(HOSTS, encoding="utf-8")
    return tmp_path


def shown(*arguments, **words):
    document = json.loads(menshen(*arguments, "--json", **words).stdout)
    schema = json.loads((ROOT / "docs" / "schemas" / "exception.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    return document["exceptions"]


def test_grant_list_revoke(site):
    """An exception comes to the file and the ledger, is listed as live, and is listed as revoked afterwards."""
    where = ("-i", site, "--ledger", site / "l.db")
    (granted,) = shown(*GRANT, "--parameter", "idle_seconds=800", "--device", "0951:1666:AB", *where)
    (listed,) = shown("exception", "list", "-i", site)
    (revoked,) = shown("exception", "revoke", granted["id"], "--reason", "gone", *where)

    assert granted == listed
    assert ("live", {"idle_seconds": 800}, "dongle: #1", "总经理") == (
        granted["state"],
        granted["parameters"],
        granted["reason"],
        granted["approver"],
    )
    assert {"vendor": "0951", "product": "1666", "serial": "AB"} == granted["device"]
    assert ("revoked", 0) == (revoked["state"], revoked["days_left"])
    with Chain(site / "l.db") as chain:
        bodies = [entry.body for entry in chain.entries(kind="exception")]
    assert ["grant", "revoke"] == [body["action"] for body in bodies]
    assert ("gone", "screen_lock") == (bodies[1]["reason"], bodies[0]["exception"]["control"])


@pytest.mark.parametrize(
    ("arguments", "code_words"),
    [
        (("--subject", "pc-9"), "no host or group of the inventory: pc-9; did you mean pc-1?"),
        (("--until", "2020-01-01"), "--until 2020-01-01 is past"),
        (("--until", "soon"), "--until is no date"),
        (("--control", "screen_lok"), "no such control: screen_lok; did you mean screen_lock?"),
        (("--parameter", "idle_seconds=99999"), "screen_lock: idle_seconds=99999 is outside"),
        (("--parameter", "idle=9"), "unknown parameter idle"),
        (("--device", "951:1"), "--device is VENDOR:PRODUCT"),
        (("--id", "EX-OLD"), "duplicate id EX-OLD"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_written(site, arguments, code_words):
    """A wrong grant is one error with code 2 at its place; file and ledger are as they were."""
    (site / "exceptions.yml").write_text(FILE, encoding="utf-8")
    done = menshen(*GRANT, *arguments, "-i", site, "--ledger", site / "l.db", expected=(2,))

    assert code_words in done.stderr
    assert FILE == (site / "exceptions.yml").read_text(encoding="utf-8")
    if (site / "l.db").exists():
        with Chain(site / "l.db") as chain:
            assert [] == list(chain.entries())


def test_a_ledger_that_cannot_be_written_grants_nothing(site):
    """Without the ledger's entry there is no exception."""
    (site / "file").touch()
    menshen(*GRANT, "-i", site, "--ledger", site / "file" / "l.db", expected=(2,))

    assert not (site / "exceptions.yml").exists()


ENTRY = {"id": "EX-NEW", "control": "screen_lock", "subjects": ["a: b", "#c"], "reason": "'x'", "approver": "y",
         "compensating_control": "z", "bank_filing": "1", "from": "2026-01-01", "until": "2026-02-01"}  # fmt: skip
SHIPPED = (ROOT / "inventory" / "exceptions.yml").read_text(encoding="utf-8")


INDENTED = "exceptions:" + FILE.split("exceptions:")[1].replace("\n", "\n  ").rstrip(" ")


@pytest.mark.parametrize(
    "text",
    [FILE, FILE.rstrip("\n"), SHIPPED, exceptions.EMPTY, INDENTED],
    ids=["comments", "no end of line", "shipped", "empty", "indented"],
)
def test_every_other_line_stays(tmp_path, text):
    """All lines of the file are still there in their order, and the new entry says what was meant."""
    path = tmp_path / "exceptions.yml"
    new = exceptions.added(text, ENTRY, path)
    found = exceptions.save(path, new, load(whole=False).controls)
    kept = [line for line in text.splitlines() if line != "exceptions: []"]
    left = iter(new.splitlines())

    assert all(line in left for line in kept)
    assert ("EX-NEW", ("a: b", "#c"), "'x'") == (found[-1].id, found[-1].subjects, found[-1].reason)
    assert len(exception.read("x", text.encode())) + 1 == len(found)


ON_ONE_LINE = """\
exceptions:
- {id: EX-OLD, control: screen_lock, subjects: [a], reason: x, approver: x, compensating_control: x, bank_filing: x,
   from: 2026-01-01, until: 2096-12-31} # end
"""


@pytest.mark.parametrize("text", [FILE, ON_ONE_LINE])
def test_revoking_adds_one_line(tmp_path, text):
    """Only `revoked` is added, and the exception covers nothing from that day on."""
    from datetime import date  # noqa: PLC0415 - only here

    path, day = tmp_path / "exceptions.yml", date(2026, 11, 25)
    (found,) = exceptions.save(path, exceptions.revoked(text, "EX-OLD", day, path), load(whole=False).controls)

    assert ("live", "revoked") == (found.state(date(2026, 11, 24)), found.state(day))
    assert text.count("\n") + (1 if text == FILE else 0) == path.read_text(encoding="utf-8").count("\n")


def test_a_list_on_one_line_is_not_rewritten(tmp_path):
    """A list in brackets with entries in it is refused at its place instead of being written anew."""
    text = "exceptions: [{id: A, control: screen_lock, subjects: [a], reason: x, approver: x, compensating_control: x, "
    text += "bank_filing: x, from: 2026-01-01, until: 2096-12-31}]\n"
    with pytest.raises(CatalogueError, match=r"exceptions\.yml:1:13: write each exception on lines of its own"):
        exceptions.added(text, ENTRY, tmp_path / "exceptions.yml")
