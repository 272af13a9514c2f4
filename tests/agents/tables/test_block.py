# SPDX-License-Identifier: Apache-2.0
import json
import subprocess

from system import need

from agents.host import Host

LUKS = "CRYPT-LUKS2-8f0e7c52b3a84f3e9d6a1c2b3d4e5f60-sda3_crypt"


def test_devices_are_those_of_lsblk(rows):
    """Names, parents and sizes are those that lsblk lists."""
    command = [need("lsblk"), "-J", "-b", "-a", "-l", "-o", "PATH,PKNAME,SIZE,LOG-SEC"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["blockdevices"]
    expected = {(one["path"], one["pkname"] and f"/dev/{one['pkname']}", one["size"], one["log-sec"]) for one in listed}
    found = {(row["name"], row["parent"] or None, row["size"] * 512, row["block_size"]) for row in rows("block_devices", Host())}
    assert expected == found


def test_a_volume_on_luks_is_encrypted(rows, record):
    """A file system on LVM on LUKS counts as encrypted; the partition below, the disk and the boot partition do not."""
    host = record(disk() | crypt("dm-0", LUKS, "sda3") | crypt("dm-1", "LVM-abc", "dm-0"))
    found = {row["name"]: (row["encrypted"], row["type"], row["encryption_status"]) for row in rows("disk_encryption", host)}
    open_, closed = (1, "LUKS2", "encrypted"), (0, "", "not encrypted")
    assert found == {"/dev/sda": closed, "/dev/sda1": closed, "/dev/sda3": closed, "/dev/dm-0": open_, "/dev/dm-1": open_}


def test_a_volume_half_on_luks_is_not_encrypted(rows, record):
    """A volume that also stands on an open partition is not encrypted."""
    tree = disk() | crypt("dm-0", LUKS, "sda3") | crypt("dm-1", "LVM-abc", "dm-0", "sda1")
    assert 0 == encrypted(rows, record(tree))["/dev/dm-1"]


def test_luks_on_raid_and_raid_on_luks_are_encrypted(rows, record):
    """The order of the layers does not matter; a partition of an encrypted device is encrypted with it."""
    tree = disk() | crypt("dm-0", LUKS, "sda1") | crypt("dm-1", LUKS, "sda3")
    tree |= {"/sys/block/md0/slaves/dm-0/x": "", "/sys/block/md0/slaves/dm-1/x": "", "/sys/block/md0/md0p1/partition": "1"}
    found = encrypted(rows, record(tree))
    assert [1, 1] == [found["/dev/md0"], found["/dev/md0p1"]]


def test_verity_hides_nothing(rows, record):
    """dm-verity and dm-integrity are of cryptsetup, too, and encrypt nothing."""
    tree = disk() | crypt("dm-0", "CRYPT-VERITY-abc-root", "sda1") | crypt("dm-1", "CRYPT-INTEGRITY-x", "sda3")
    found = encrypted(rows, record(tree | crypt("dm-2", "CRYPT-PLAIN-swap", "sda1")))
    assert [0, 0, 1] == [found["/dev/dm-0"], found["/dev/dm-1"], found["/dev/dm-2"]]


def test_devices_that_stand_on_each_other_end(rows, record):
    """A circle of devices, which no kernel makes, is not encrypted and does not hang."""
    assert {"/dev/a": 0, "/dev/b": 0} == encrypted(rows, record(crypt("a", "", "b") | crypt("b", "", "a")))


def test_what_stands_on_a_device_is_known_from_udev(rows, record):
    """File system, label and uuid are those udev noted; model and serial those of the disk; cciss!c0d0 has a slash."""
    notes = "N:sda1\nE:ID_FS_TYPE=crypto_LUKS\nE:ID_FS_UUID=1-2\nE:ID_FS_LABEL=a=b\n"
    host = record(disk() | {"/run/udev/data/b8:1": notes, "/sys/block/cciss!c0d0/size": "8"})
    found = {row["name"]: row for row in rows("block_devices", host)}
    assert {"/dev/sda", "/dev/sda1", "/dev/sda3", "/dev/cciss/c0d0"} == set(found)
    part, whole = found["/dev/sda1"], found["/dev/sda"]
    assert ("crypto_LUKS", "1-2", "a=b", "/dev/sda", 4096) == tuple(
        part[name] for name in ("type", "uuid", "label", "parent", "block_size")
    )
    assert ("SAMSUNG 870", "ATA", "S1", 1000) == tuple(whole[name] for name in ("model", "vendor", "serial", "size"))


def test_a_degraded_array_shows(rows, record):
    """An array of two drives, one of them faulty: one works, one failed."""
    md = "/sys/block/md0/md"
    host = record({
        f"{md}/level": "raid1\n", f"{md}/raid_disks": "2\n", f"{md}/degraded": "1\n", f"{md}/array_state": "clean\n",
        f"{md}/metadata_version": "1.2\n", "/sys/block/md0/size": "2048\n", f"{md}/dev-sda1/slot": "0\n",
        f"{md}/dev-sda1/state": "in_sync\n", f"{md}/dev-sdb1/slot": "none\n", f"{md}/dev-sdb1/state": "faulty\n",
        "/sys/block/md1/md/level": "raid0\n", "/sys/block/md1/md/dev-sdc1/state": "faulty\n",
    })  # fmt: skip
    row, striped = rows("md_devices", host)
    assert ("md1", 0, 1) == (striped["device_name"], striped["raid_level"], striped["failed_disks"])
    columns = ("device_name", "status", "raid_level", "size", "raid_disks", "working_disks", "active_disks", "failed_disks")
    assert ("md0", "active", 1, 1024, 2, 1, 1, 1) == tuple(row[name] for name in columns)
    drives = [(row["drive_name"], row["slot"], row["state"]) for row in rows("md_drives", host)]
    assert [("sda1", 0, "in_sync"), ("sdb1", -1, "faulty"), ("sdc1", -1, "faulty")] == drives


def disk():
    root = "/sys/block/sda"
    return {
        f"{root}/size": "1000\n", f"{root}/dev": "8:0\n", f"{root}/queue/logical_block_size": "4096\n",
        f"{root}/device/model": "SAMSUNG 870   \n", f"{root}/device/vendor": "ATA     \n", f"{root}/device/serial": "S1\n",
        f"{root}/sda1/partition": "1\n", f"{root}/sda1/dev": "8:1\n", f"{root}/sda3/partition": "3\n", f"{root}/sda3/dev": "8:3\n",
    }  # fmt: skip


def crypt(name, uuid, *below):
    return {f"/sys/block/{name}/dm/uuid": f"{uuid}\n"} | {f"/sys/block/{name}/slaves/{one}/dev": "" for one in below}


def encrypted(rows, host):
    return {row["name"]: row["encrypted"] for row in rows("disk_encryption", host)}
