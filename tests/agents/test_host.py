# SPDX-License-Identifier: Apache-2.0
"""A host gives its own files only, and waits for none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents.host import Host
from agents.source import NotObservedError


@pytest.fixture
def host(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "hostname").write_text("recorded\n", encoding="utf-8")
    return Host(tmp_path)


@pytest.mark.parametrize("target", ["/etc/hostname", "../../../../../etc/hostname", "./../etc//hostname"])
def test_a_link_of_a_recorded_tree_stays_in_it(host, target):
    """Absolute links and climbing ones are read below the root."""
    link(host, "/etc/name", target)
    assert "recorded\n" == host.text("/etc/name")


def test_a_linked_folder_of_a_recorded_tree_stays_in_it(host):
    """A folder behind an absolute link is the recorded one, for its list and for what is in it."""
    link(host, "/conf", "/etc")
    assert ["hostname"] == host.names("/conf")
    assert "recorded\n" == host.text("/conf/hostname")
    assert host.path("/conf/hostname") == host.path("/etc/hostname")


def test_a_link_itself_can_be_placed(host):
    """Without `follow` a path leads to the link, whatever it points to."""
    link(host, "/conf", "/etc")
    assert Path("/etc") == Path(host.place("/conf")).readlink()


def test_the_running_machine_is_read_as_it_is():
    """The live host's paths are the machine's."""
    assert [True, "/etc/hostname"] == [Host().live, Host().place("/etc/hostname", follow=True)]


def test_links_in_a_circle_are_not_observed(host):
    """Neither a file nor a folder behind such links is said to be absent."""
    link(host, "/a", "/b")
    link(host, "/b", "/a")
    for look in (host.text, host.names):
        with pytest.raises(NotObservedError, match="/a"):
            look("/a")


def test_a_pipe_is_refused_and_never_waited_for(host):
    """A table that wants a file is told that there is none it could read."""
    os.mkfifo(host.place("/etc/pipe"))
    with pytest.raises(NotObservedError, match="/etc/pipe is no regular file"):
        host.text("/etc/pipe")


def test_the_head_of_a_file_larger_than_a_text_may_be_is_read(host, monkeypatch):
    """Where the first bytes are enough, no limit is met; a whole read of the same file is refused."""
    monkeypatch.setattr("agents.host.TEXT_LIMIT", 4)
    assert [b"recor", b"recorded\n", b""] == [host.head("/etc/hostname", 5), host.head("/etc/hostname", 99), host.head("/none", 5)]
    with pytest.raises(NotObservedError, match="/etc/hostname is larger than 4 bytes"):
        host.data("/etc/hostname")


def test_what_links_to_the_null_device_is_empty(tmp_path):
    """Many a file is said to be empty by a link to /dev/null."""
    (tmp_path / "masked").symlink_to("/dev/null")
    assert "" == Host().text(str(tmp_path / "masked"))


def test_a_folder_is_no_file_and_a_file_no_folder(host):
    """What is of the wrong kind is as absent as what is not there."""
    assert [None, None, [], []] == [host.text("/etc"), host.text("/nowhere"), host.names("/etc/hostname"), host.names("/nowhere")]


def link(host, place, target):
    Path(host.place(place)).symlink_to(target)
