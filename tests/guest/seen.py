# SPDX-License-Identifier: Apache-2.0
"""What the guest's kernel says about its USB devices."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A scan takes more than a second on an unhardened guest: only then does an absence mean something.
WHILE = 6
DEVICES = r"""
cd /sys/bus/usb/devices
for one in *; do
  case $one in
    *:*) echo "interface|$one|$(basename "$(readlink "$one/driver" 2>/dev/null)" 2>/dev/null)" ;;
    *) echo "device|$(cat "$one/authorized")|$(cat "$one/product")" ;;
  esac
done
for one in /dev/sd? /dev/sr?; do [ -e "$one" ] && echo "disk|$one|"; done
for one in usb_storage uas sr_mod cdrom; do [ -d "/sys/module/$one" ] && echo "module|$one|"; done
true
"""
# One press of A on the keyboard that was there at power-on: struct input_event with type 1, code 30, value 1.
LISTEN = r"""
exec timeout 30 python3 -u -c '
import struct, glob
name = glob.glob("/dev/input/by-path/*usb-0:1:*event-kbd")[0]
print("ready")
with open(name, "rb") as stream:
    while True:
        _, _, kind, code, value = struct.unpack("llHHi", stream.read(24))
        if kind == 1:
            print("key", code, "pressed" if value else "released")
            break
'
"""


def media(folder: Path, name: str = "stick") -> Path:
    """Make a small disk image with a file system."""
    place = folder / f"{name}.img"
    with place.open("wb") as stream:
        stream.truncate(16 << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", str(place)], check=True)
    return place


def changes(run):
    """Give the changes of a plan or an apply in an order that can be compared."""
    return sorted((one["control"], one["setting"], one["before"] or "", one["after"] or "") for one in run["changes"])


def devices(guest):
    """Give which USB devices are let in and refused (by product name), and what has become of them."""
    rows = [line.split("|") for line in guest.run(DEVICES).splitlines()]
    drivers = [driver for kind, _, driver in rows if kind == "interface"]
    return {
        "allowed": sorted({name for kind, let_in, name in rows if kind == "device" and let_in == "1"}),
        "refused": dict(Counter(name for kind, let_in, name in rows if kind == "device" and let_in == "0")),
        "storage_drivers": [one for one in drivers if one in {"usb-storage", "uas"}],
        "disks": [name for kind, name, _ in rows if kind == "disk"],
        "modules": [name for kind, name, _ in rows if kind == "module"],
    }


def after_a_while(guest):
    """Wait as long as a disk takes to appear, and longer; then look."""
    time.sleep(WHILE)
    return devices(guest)


def disk_of(guest, serial: str, seconds: float = 30) -> str:
    """Wait for the disk of the stick with this serial number; give its device, or "" where none came."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = guest.ssh(f"readlink -f /dev/disk/by-id/usb-*{serial}*:0").stdout.strip()
        if found.startswith("/dev/sd"):
            return found
        time.sleep(0.3)
    return ""


def stick_works(guest, image: Path, serial: str, name: str = "stick", seconds: float = 30) -> str:
    """Plug a stick in, mount it and write to it; give `written`, or `no disk`."""
    guest.plug(name, serial, image)
    disk = disk_of(guest, serial, seconds)
    if not disk:
        return "no disk"
    guest.run(f"mount {disk} /mnt && echo customer > /mnt/list && sync && umount /mnt")
    return "written"


def typed(guest) -> str:
    """Press A, and give what the kernel's event device of the keyboard says."""
    listening = guest.start(LISTEN)
    try:
        assert listening.stdout.readline().strip() == "ready"
        key = {"type": "key", "data": {"down": True, "key": {"type": "qcode", "data": "a"}}}
        guest.qmp.ask("input-send-event", events=[key])
        key["data"]["down"] = False
        guest.qmp.ask("input-send-event", events=[key])
        return listening.stdout.readline().strip()
    finally:
        listening.kill()
        listening.communicate()
