# SPDX-License-Identifier: Apache-2.0
import struct

DMI = "/sys/firmware/dmi/tables/DMI"


def module(size, extended=0, length=0x28, texts=(b"DIMM A", b"BANK 0", b"Acme", b"S-1", b"", b"P-1 ")):
    """Lay out a memory device as firmware does: fields, then texts that end in a zero byte each."""
    head = struct.pack("<BBHHHHHHBBBBBHHBBBBBIHHHH", 17, length, 0x1100, 0x1000, 0xFFFE, 72, 64, size, 9, 0, 1, 2, 26, 0, 3200,
                       3, 4, 0, 6, 0, extended, 2933, 1100, 1300, 1200)  # fmt: skip
    return head[:length] + b"\0".join(texts) + b"\0\0"


def test_a_module_is_read(rows, record):
    """Widths, size, kind, speeds, voltages and texts stand in their columns."""
    (row,) = rows("memory_devices", record({DMI: module(16384, texts=(b"DIMM A", b"BANK 0", b"Acme", b"S-1", b"-", b"P-1 "))}))
    assert ("0x1100", "0x1000", 72, 64, 16384, "DIMM", "DDR4") == tuple(
        row[name] for name in ("handle", "array_handle", "total_width", "data_width", "size", "form_factor", "memory_type")
    )
    speeds = ("max_speed", "configured_clock_speed", "min_voltage", "max_voltage", "configured_voltage")
    assert (3200, 2933, 1100, 1300, 1200) == tuple(row[name] for name in speeds)
    texts = ("device_locator", "bank_locator", "manufacturer", "serial_number", "asset_tag", "part_number")
    assert ("DIMM A", "BANK 0", "Acme", "S-1", "", "P-1") == tuple(row[name] for name in texts)


def test_sizes_are_mib(rows, record):
    """A large module has its size in a longer field, a small one in KiB; an empty slot is 0, an unknown one NULL."""
    texts = (b"x",)
    table = b"".join(module(size, 65536, texts=texts) for size in (0x7FFF, 0x8000 + 2048, 0, 0xFFFF))
    assert [65536, 2, 0, None] == [row["size"] for row in rows("memory_devices", record({DMI: table}))]


def test_an_older_and_a_torn_table(rows, record):
    """What an older firmware does not say is NULL; a table torn within a module stops nothing."""
    (row,) = rows("memory_devices", record({DMI: module(1024, length=0x15, texts=(b"D",))}))
    assert (1024, None, "") == (row["size"], row["max_speed"], row["manufacturer"])
    whole = module(1024, texts=(b"D",))
    for end in range(len(whole)):
        assert len(rows("memory_devices", record({DMI: whole[:end]}))) <= 1
