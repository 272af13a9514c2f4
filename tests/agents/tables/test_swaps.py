# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
SWAPS = HEAD + (
    "/dev/dm-1                               partition\t2097148\t\t0\t\t-2\n"
    "/dev/sda3                               partition\t1024\t0\t-3\n"
    "/dev/zram0                              partition\t4096\t0\t100\n"
    "/secret/swap\\040file                    file\t1024\t0\t-4\n"
    "/swapfile                               file\t1024\t0\t-4\n"
    "/dev/sdq1                               partition\t1024\t0\t-5\n"
    "broken\n"
)
SYSTEM = {
    "/proc/swaps": SWAPS,
    "/proc/mounts": "/dev/sda2 / ext4 rw 0 0\n/dev/mapper/secret /secret ext4 rw 0 0\n",
    "/dev/mapper/secret": Path("../dm-0"),
    "/sys/block/sda/sda2/partition": "2",
    "/sys/block/sda/sda3/partition": "3",
    "/sys/block/dm-0/dm/uuid": "CRYPT-LUKS2-0123-secret\n",
    "/sys/block/dm-0/slaves/sda2": "",
    "/sys/block/dm-1/dm/uuid": "LVM-abc\n",
    "/sys/block/dm-1/slaves/dm-0": "",
    "/sys/block/zram0/size": "8",
    "/sys/block/zram0/backing_dev": "none\n",
}


def test_swap_is_encrypted_where_all_below_it_is(record, rows):
    """A volume on LUKS and a file on LUKS are encrypted, a plain partition is not, memory and unknown devices are NULL."""
    assert [
        ("/dev/dm-1", "partition", 2097148 * 1024, 1),
        ("/dev/sda3", "partition", 1024 * 1024, 0),
        ("/dev/zram0", "zram", 4096 * 1024, None),
        ("/secret/swap file", "file", 1024 * 1024, 1),
        ("/swapfile", "file", 1024 * 1024, 0),
        ("/dev/sdq1", "partition", 1024 * 1024, None),
    ] == [(row["device"], row["type"], row["size_bytes"], row["encrypted"]) for row in rows("swaps", record(SYSTEM))]


def test_zram_that_writes_on_to_a_disk_is_as_encrypted_as_the_disk(record, rows):
    """A backing device brings the memory to a disk after all."""
    host = record({**SYSTEM, "/proc/swaps": HEAD + "/dev/zram0 partition 1 0 1\n", "/sys/block/zram0/backing_dev": "/dev/sda3\n"})
    assert [0] == [row["encrypted"] for row in rows("swaps", host)]


def test_no_swap_has_no_rows(record, rows):
    """Having no swap is an answer."""
    assert [] == rows("swaps", record({"/proc/swaps": HEAD}))
