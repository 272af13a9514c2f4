# SPDX-License-Identifier: Apache-2.0
"""Every apply is in the ledger, also one that broke off."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from menshen.ansible import Host, Play
from menshen.applied import remembered
from reports.chain import Chain, LedgerError

PLAY = Play(Path("hosts.yml"), "pcs", ("screen_lock",), apply=True, guard_seconds=60)


def entries(path):
    with Chain(path, create=False) as chain:
        chain.check()
        return list(chain.entries(kind="apply"))


def test_an_apply_is_remembered(tmp_path):
    """The entry says who, with which limit, and what changed on each host; the text of files is not in it."""
    change = {"control": "screen_lock", "mechanism": "dconf", "setting": "idle-delay", "before": None, "after": "300"}
    with remembered(tmp_path / "l.db", PLAY) as hosts:
        host = hosts.setdefault("pc-1", Host())
        host.take({"mechanism": "dconf", "changes": [change], "guard": "kept", "diff": [{"before": "secret"}]})
        host.take({"guard": None, "failed": "no"})
    (one,) = entries(tmp_path / "l.db")

    assert [change] == one.body["hosts"]["pc-1"]["changes"]
    assert ("kept", "no") == (one.body["hosts"]["pc-1"]["guard"], one.body["hosts"]["pc-1"]["failed"])
    assert (pwd.getpwuid(os.getuid()).pw_name, "pcs", ["screen_lock"], 60) == (
        one.body["by"]["user"],
        one.body["limit"],
        one.body["controls"],
        one.body["guard_seconds"],
    )
    assert "secret" not in str(one.body)


def test_an_apply_that_breaks_off_is_remembered(tmp_path):
    """Whoever interrupts an apply leaves an entry with what had happened until then."""

    def interrupted():
        with remembered(tmp_path / "l.db", PLAY) as hosts:
            hosts["pc-1"] = Host(unreachable="no route")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    (one,) = entries(tmp_path / "l.db")

    assert ("KeyboardInterrupt", "no route") == (one.body["error"], one.body["hosts"]["pc-1"]["unreachable"])


def test_nothing_is_applied_that_nobody_remembers(tmp_path):
    """Where the ledger cannot be written, apply does not begin."""
    (tmp_path / "file").touch()
    begun = []
    with pytest.raises(LedgerError), remembered(tmp_path / "file" / "l.db", PLAY):
        begun.append(True)

    assert [] == begun


@pytest.mark.parametrize(
    ("seen", "expected"),
    [((), ""), (("kept", None), "kept"), (("restored", "kept"), "restored"), (("kept", "unknown", "restored"), "unknown")],
)
def test_the_worst_of_several_guards_counts(seen, expected):
    """A host where one change was taken back is one that took something back."""
    host = Host()
    for guard in seen:
        host.take({"guard": guard})

    assert expected == host.guard
