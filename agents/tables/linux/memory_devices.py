# SPDX-License-Identifier: Apache-2.0
"""The memory_devices table: the memory modules that the firmware describes (DMTF DSP0134, 7.18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.tables.linux.firmware import structures
from agents.tables.linux.plain import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

MEMORY_DEVICE: Final = 17
UNKNOWN_WORD: Final = 0xFFFF
# A size of this value stands in a longer field; one with the top bit is in KiB.
LARGE, IN_KIB = 0x7FFF, 0x8000
FORM_FACTORS: Final = {1: "Other", 2: "Unknown", 3: "SIMM", 9: "DIMM", 11: "Row of chips", 12: "RIMM", 13: "SODIMM", 16: "Die"}
KINDS: Final = {
    1: "Other", 2: "Unknown", 3: "DRAM", 7: "RAM", 9: "Flash", 18: "DDR", 19: "DDR2", 24: "DDR3", 26: "DDR4", 27: "LPDDR",
    28: "LPDDR2", 29: "LPDDR3", 30: "LPDDR4", 31: "Logical non-volatile device", 32: "HBM", 33: "HBM2", 34: "DDR5", 35: "LPDDR5",
}  # fmt: skip


def memory_devices(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the memory slots: size in MiB (0 for an empty one), speeds in MT/s, voltages in mV; NULL what is unknown.

    Raises:
        NotObservedError: only root may read the table.
    """
    del ask
    for content in structures(host.data("/sys/firmware/dmi/tables/DMI") or b""):
        if content[0] == MEMORY_DEVICE:
            yield _row(content)


def _row(content: bytes) -> Row:
    fields = content[: content[1]]
    texts = content[content[1] :].rstrip(b"\0").split(b"\0")
    return {
        "handle": f"0x{_number(fields, 0x02) or 0:04X}",
        "array_handle": f"0x{_number(fields, 0x04) or 0:04X}",
        "form_factor": FORM_FACTORS.get(_number(fields, 0x0E, 1) or 0, ""),
        "total_width": _known(_number(fields, 0x08)),
        "data_width": _known(_number(fields, 0x0A)),
        "size": _size(fields),
        "set": _number(fields, 0x0F, 1),
        "device_locator": _text(fields, 0x10, texts),
        "bank_locator": _text(fields, 0x11, texts),
        "memory_type": KINDS.get(_number(fields, 0x12, 1) or 0, ""),
        "max_speed": _number(fields, 0x15) or None,
        "configured_clock_speed": _number(fields, 0x20) or None,
        "manufacturer": _text(fields, 0x17, texts),
        "serial_number": _text(fields, 0x18, texts),
        "asset_tag": _text(fields, 0x19, texts),
        "part_number": _text(fields, 0x1A, texts),
        "min_voltage": _number(fields, 0x22) or None,
        "max_voltage": _number(fields, 0x24) or None,
        "configured_voltage": _number(fields, 0x26) or None,
    }


def _size(fields: bytes) -> int | None:
    size = _known(_number(fields, 0x0C))
    if size == LARGE:
        return _number(fields, 0x1C, 4)
    return size if size is None or not size & IN_KIB else (size - IN_KIB) // 1024


def _known(number: int | None) -> int | None:
    return None if number == UNKNOWN_WORD else number


def _number(fields: bytes, at: int, width: int = 2) -> int | None:
    """Read a number; None where the structure, of an older firmware, is too short for it."""
    return int.from_bytes(fields[at : at + width], "little") if len(fields) >= at + width else None


def _text(fields: bytes, at: int, texts: list[bytes]) -> str:
    """Read the text whose number, from 1, stands in a field; 0 is none."""
    number = _number(fields, at, 1) or 0
    return decoded(texts[number - 1]).strip() if 0 < number <= len(texts) else ""
