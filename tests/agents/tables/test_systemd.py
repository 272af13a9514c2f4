# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import system

from agents.host import Host
from agents.source import NotObservedError
from agents.tables.linux import systemd
from agents.tables.linux.unit_files import unit_files

INSTALLABLE = "[Unit]\nDescription = {0}\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
LIB = "/usr/lib/systemd/system"
ETC = "/etc/systemd/system"
UNITS = {
    f"{LIB}/ssh.service": INSTALLABLE.format("OpenSSH server") + "Alias=sshd.service\n",
    f"{ETC}/sshd.service": Path(f"{LIB}/ssh.service"),
    f"{ETC}/multi-user.target.wants/ssh.service": Path(f"{LIB}/ssh.service"),
    f"{LIB}/cups.service": INSTALLABLE.format("Printing"),
    f"{LIB}/plain.service": "[Unit]\nDescription=no install section\n",
    f"{LIB}/also.socket": "[Install]\nAlso=ssh.service\n",
    f"{LIB}/telnet.socket": INSTALLABLE.format("old"),
    f"{ETC}/telnet.socket": Path("/dev/null"),
    f"{LIB}/emptied.service": "x",
    f"{ETC}/emptied.service": "",
    f"{LIB}/getty@.service": INSTALLABLE.format("tty"),
    f"{ETC}/getty.target.wants/getty@tty1.service": Path(f"{LIB}/getty@.service"),
    "/opt/agent/agent.service": INSTALLABLE.format("agent"),
    f"{ETC}/agent.service": Path("/opt/agent/agent.service"),
    f"{LIB}/README": "no unit",
}


def test_unit_files_have_the_state_systemctl_gives_them():
    """The enablement read from files equals `systemctl --root=/ list-unit-files` for every unit of this machine."""
    system.need("systemctl")
    command = ["systemctl", "--root=/", "list-unit-files", "--plain", "--no-legend", "--full", "--no-pager"]
    told = systemd.file_states(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told == {name: unit.state for name, unit in unit_files(Host()).items()}


def test_units_of_a_running_systemd_are_those_systemctl_lists(rows):
    """Where systemd runs, states equal what systemctl prints."""
    if not Path(systemd.RUNNING).is_dir():
        pytest.skip("this machine does not run systemd")
    told = {row["id"]: row["load_state"] for row in systemd.loaded_units(Host().run(*systemd.UNITS))}
    found = {row["id"]: row["load_state"] for row in rows("systemd_units", Host())}
    assert told.items() <= found.items()


def test_a_recorded_tree_tells_enablement_and_never_whether_a_unit_runs(record, rows):
    """Enabled, disabled, static, masked, alias and linked follow the links; what runs is NULL, since nobody can tell."""
    found = {row["id"]: row for row in rows("systemd_units", record(UNITS))}
    assert {
        "ssh.service": "enabled",
        "sshd.service": "alias",
        "cups.service": "disabled",
        "plain.service": "static",
        "also.socket": "indirect",
        "telnet.socket": "masked",
        "emptied.service": "masked",
        "getty@.service": "enabled",
        "agent.service": "linked",
    } == {name: row["unit_file_state"] for name, row in found.items()}
    assert {"masked"} == {found[name]["load_state"] for name in ("telnet.socket", "emptied.service")}
    assert {None} == {row.get("active_state") for row in found.values()}
    assert ("OpenSSH server", f"{LIB}/ssh.service") == (found["ssh.service"]["description"], found["ssh.service"]["fragment_path"])


def test_a_unit_needs_no_description_read_to_be_known(record, rows):
    """Without the description column the states are the same."""
    host = record(UNITS)
    with_text = {row["id"]: row["unit_file_state"] for row in rows("systemd_units", host)}
    assert with_text == {row["id"]: row["unit_file_state"] for row in rows("systemd_units", host, columns={"id"})}


def test_listings_of_systemctl_are_read_and_odd_ones_refused():
    """Names with escapes and empty descriptions are read; a line of another form is not passed over."""
    text = "ssh.service loaded active running OpenBSD Secure Shell server\n"
    text += "dev-x\\x2dy.device loaded inactive dead\nnope.service not-found inactive dead nope.service\n\n"
    first, second, third = systemd.loaded_units(text)
    assert ("active", "OpenBSD Secure Shell server", "/org/freedesktop/systemd1/unit/ssh_2eservice") == (
        first["active_state"], first["description"], first["object_path"],
    )  # fmt: skip
    assert ("dev-x\\x2dy.device", "", "not-found") == (second["id"], second["description"], third["load_state"])
    assert {"a.service": "enabled", "b.mount": "generated"} == systemd.file_states(
        "a.service enabled enabled\nb.mount generated -\n"
    )
    with pytest.raises(NotObservedError):
        list(systemd.loaded_units("Failed to connect\n"))


def test_a_dangling_enablement_link_enables_nothing_that_is_not_there(record, rows):
    """A link to a removed unit file makes no row, since there is no unit."""
    host = record(
        {
            f"{ETC}/multi-user.target.wants/gone.service": Path(f"{LIB}/gone.service"),
            f"{ETC}/dead.service": Path("/nowhere/dead.service"),
        }
    )
    assert [("dead.service", "bad-setting", "bad")] == [
        (row["id"], row["load_state"], row["unit_file_state"]) for row in rows("systemd_units", host)
    ]
