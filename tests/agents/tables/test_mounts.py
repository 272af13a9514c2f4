# SPDX-License-Identifier: Apache-2.0
import json
import subprocess

from system import need

from agents.host import Host


def test_mounts_are_those_of_findmnt(rows):
    """Device, place, type and options are those that findmnt lists."""
    command = [need("findmnt"), "-J", "-l", "-v", "-o", "SOURCE,TARGET,FSTYPE,OPTIONS"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["filesystems"]
    expected = sorted((one["source"], one["target"], one["fstype"], *sorted(one["options"].split(","))) for one in listed)
    found = [(row["device"], row["path"], row["type"], *sorted(row["flags"].split(","))) for row in rows("mounts", Host())]
    assert expected == sorted(found)


def test_sizes_are_those_of_stat(rows):
    """Block size, blocks and inodes of the root are those that stat -f prints."""
    printed = subprocess.run(["stat", "-f", "-c", "%s %b %c", "/"], capture_output=True, check=True, text=True).stdout.split()
    (row,) = [row for row in rows("mounts", Host()) if row["path"] == "/"]
    assert list(map(int, printed)) == [row[name] for name in ("blocks_size", "blocks", "inodes")]


def test_recorded_mounts(rows, record):
    """Octal writing is undone, a strange line passed over, and no sizes of the machine that asks are mixed in."""
    lines = (b"/dev/sdb1 /media/a\\040b\\134c vfat rw,nosuid 0 0", b"odd", b"x /caf\xe9 tmpfs rw 0 0", b"/dev/sda1 / ext4 ro 0 0\n")
    host = record({"/proc/mounts": b"\n".join(lines)})
    first, second, root = rows("mounts", host)
    assert ("/dev/sdb1", "/media/a b\\c", "vfat", "rw,nosuid") == tuple(first[name] for name in ("device", "path", "type", "flags"))
    assert ("/caf\ufffd", None) == (second["path"], root.get("blocks"))
