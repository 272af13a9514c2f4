# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
import stat
import subprocess
from pathlib import Path

import pytest

from agents.host import Host
from agents.source import NotObservedError

PLACES = ("/etc/passwd", "/etc", "/dev/null", "/usr/bin/passwd", "/var/mail", "/proc/self/exe", "/etc/os-release")


@pytest.mark.parametrize("path", PLACES)
def test_file_is_what_stat_says(rows, path):
    """Owner, mode, times, sizes and links are those that stat prints of what a link points to."""
    form = "%i %u %g %04a %s %o %Y %Z %h"
    printed = subprocess.run(["stat", "-L", "-c", form, path], capture_output=True, check=True, text=True).stdout.split()
    (row,) = rows("file", Host(), path=path)
    columns = ("inode", "uid", "gid", "mode", "size", "block_size", "mtime", "ctime", "hard_links")
    if path == "/proc/self/exe":
        printed, columns = printed[3:4], columns[3:4]  # another program, as it is stat's own there
    assert printed == [str(row[column]) for column in columns]
    assert Path(path).is_symlink() == row["symlink"]


def test_types_are_told_apart(rows, tmp_path):
    """Each kind of file has its word; a link that leads nowhere or in a circle is itself, and unknown."""
    (tmp_path / "regular").write_text("x")
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "nowhere").symlink_to("absent")
    (tmp_path / "loop").symlink_to("loop")
    found = {row["filename"]: (row["type"], row["symlink"]) for row in rows("file", Host(), directory=str(tmp_path))}
    assert found.pop("nowhere") == found.pop("loop") == ("unknown", 1)
    assert found == {"regular": ("regular", 0), "directory": ("directory", 0), "fifo": ("fifo", 0)}
    assert "character" == rows("file", Host(), path="/dev/null")[0]["type"]
    assert "absent" == rows("file", Host(), path=f"{tmp_path}/nowhere")[0]["symlink_target_path"]


def test_special_bits_are_in_the_mode(rows, tmp_path):
    """The mode has four digits, set-uid, set-gid and sticky first."""
    place = tmp_path / "f"
    place.write_text("")
    place.chmod(0o640)
    modes = [rows("file", Host(), path=str(place))[0]["mode"]]
    place.chmod(0o6755 | stat.S_ISVTX)
    assert ["0640", "7755"] == [*modes, rows("file", Host(), path=str(place))[0]["mode"]]


def test_asked_texts_are_given_back(rows, tmp_path):
    """Path and directory come back as asked, so that SQL finds its row again; what is absent has none."""
    (tmp_path / "a").write_text("")
    folder = str(tmp_path)
    assert [(f"{folder}/a", folder, "a")] == spelled(rows("file", Host(), path=f"{folder}/a"))
    assert [(f"{folder}/a", f"{folder}/", "a")] == spelled(rows("file", Host(), directory=f"{folder}/"))
    assert [("/", "", "/")] == spelled(rows("file", Host(), path="/"))
    assert [("/etc", "/", "etc")] == spelled(rows("file", Host(), path="/etc"))
    assert [(f"{folder}/a", folder, "a")] == spelled(rows("file", Host(), path=f"{folder}/a", directory=folder))
    assert [("/etc/", "/etc", ".")] == spelled(rows("file", Host(), path="/etc/"))
    nothing = {"path": f"{folder}/absent"}, {"path": "etc/passwd"}, {"path": f"{folder}/a/b"}, {"directory": f"{folder}/a"}
    assert [[]] * 4 == [rows("file", Host(), **one) for one in nothing]


def test_patterns_are_osquerys(rows, record):
    """% is one level, %% all below; directories found so end in a slash; dot files are found too; DIR LIKE gives their files."""
    host = record({"/e/a.conf": "", "/e/b/c.conf": "", "/e/b/d/.e": "", "/e/.hidden": ""})
    assert {"/e/a.conf", "/e/b/", "/e/.hidden"} == paths(rows("file", host, like={"path": "/e/%"}))
    assert {"/e/b/c.conf"} == paths(rows("file", host, like={"path": "/e/%/%.conf"}))
    everything = {"/e/a.conf", "/e/b/", "/e/.hidden", "/e/b/c.conf", "/e/b/d/", "/e/b/d/.e"}
    assert everything == paths(rows("file", host, like={"path": "/e/%%"}))
    assert {"/e/b/c.conf", "/e/b/d"} == paths(rows("file", host, like={"directory": "/e/%"}))
    assert {"/e/a.conf"} == paths(rows("file", host, like={"path": "/e/a.conf"}))


def test_hostile_names_are_shown(rows, tmp_path):
    """A line end in a name stays one; a byte that is no UTF-8 is shown as such and the text can be stored."""
    for name in (b"a\nb", b"caf\xe9", "门".encode()):
        (tmp_path / os.fsdecode(name)).touch()
    names = {row["filename"] for row in rows("file", Host(), directory=str(tmp_path))}
    assert {"a\nb", "caf\\xe9", "门"} == names
    assert len(rows("hash", Host(), directory=str(tmp_path))) == 3


def test_a_loop_of_links_ends(rows, tmp_path):
    """A directory that links to one above it is listed once and not gone into."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "up").symlink_to("..")
    assert {f"{tmp_path}/d/", f"{tmp_path}/d/up/"} == paths(rows("file", Host(), like={"path": f"{tmp_path}/%%"}))


@pytest.mark.usefixtures("as_nobody")
def test_a_closed_folder_is_not_observed(rows):
    """Where a folder may not be looked into, absence is not claimed."""
    with pytest.raises(NotObservedError, match="root"):
        rows("file", Host(), path="/proc/1/fd/0" if os.geteuid() else "/root/x")


def test_a_walk_by_names_says_what_a_look_at_each_file_says(rows, tmp_path):
    """Columns that a folder's list can fill are the same whether or not the files themselves are looked at."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_bytes(b"x")
    os.mkfifo(tmp_path / "d" / "pipe")
    for name, target in {"to_file": "f", "to_folder": "..", "to_nothing": "absent", "to_itself": "to_itself"}.items():
        (tmp_path / "d" / name).symlink_to(target)
    names = {"path", "directory", "filename", "type", "symlink", "symlink_target_path"}
    for asked in ({"path": f"{tmp_path}/%%"}, {"directory": f"{tmp_path}/%"}):
        looked, listed = (rows("file", Host(), columns=columns, like=asked) for columns in (None, names))
        assert {"f", "pipe", "to_file", "to_nothing", "to_itself"} <= {row["filename"] for row in listed}
        assert [{name: row[name] for name in names} for row in looked] == [{name: row[name] for name in names} for row in listed]


def test_a_walk_by_names_looks_at_no_file(rows, tmp_path, monkeypatch):
    """Files are not looked at one by one where their names are enough."""
    for number in range(5):
        (tmp_path / f"{number}").write_bytes(b"")
    monkeypatch.setattr("os.stat", lambda *_, **__: pytest.fail("looked at a file"))
    assert 5 == len(rows("file", Host(), columns={"path", "type"}, like={"path": f"{tmp_path}/%"}))


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256"])
def test_digests_are_those_of_the_tools(rows, name, tmp_path):
    """A digest is what md5sum, sha1sum and sha256sum print, for a file longer than one piece, too."""
    place = tmp_path / "big"
    place.write_bytes(os.urandom(1024 * 1024 + 17))
    for path in (str(place), "/etc/passwd"):
        printed = subprocess.run([f"{name}sum", path], capture_output=True, check=True, text=True).stdout.split()[0]
        assert [printed] == [row[name] for row in rows("hash", Host(), path=path)]


def test_only_wanted_digests_are_computed(rows):
    """A digest that no one reads is not computed."""
    (row,) = rows("hash", Host(), columns={"path", "sha256"}, path="/etc/passwd")
    assert {"path", "directory", "sha256"} == set(row)


def test_only_regular_files_have_digests(rows, tmp_path):
    """A pipe would hold the scan for ever, a device would never end: neither has a row, and neither has a directory."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"x")
    assert [hashlib.sha256(b"x").hexdigest()] == [row["sha256"] for row in rows("hash", Host(), directory=str(tmp_path))]
    assert [] == rows("hash", Host(), path="/dev/zero")


@pytest.mark.usefixtures("as_nobody")
def test_an_unreadable_file_has_null_digests(rows):
    """A file that is there and may not be read keeps its row, without digests."""
    (row,) = rows("hash", Host(), path="/etc/shadow")
    assert ("/etc/shadow", None) == (row["path"], row.get("sha256"))


def spelled(found):
    return [(row["path"], row["directory"], row["filename"]) for row in found]


def paths(found):
    return {row["path"] for row in found}
