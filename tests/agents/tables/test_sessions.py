# SPDX-License-Identifier: Apache-2.0
import struct

USER, DEAD, BOOT, LOGIN = 7, 8, 2, 6


def entry(kind, pid, line, user, host, seconds):
    """Write a record as the C library of x86-64 lays it out: 384 bytes."""
    head = struct.pack("<hxxi32s4s32s256s", kind, pid, line, b"ts/0", user, host)
    return head + struct.pack("<hhiii16s20x", 0, 0, 0, seconds, 5, b"")


WTMP = (
    entry(BOOT, 0, b"~", b"reboot", b"6.1", 100)
    + entry(USER, 50, b"pts/0", b"anna", b"10.0.0.9", 200)
    + entry(USER, 51, b"tty1", b"caf\xe9" + b"x" * 28, b"", 300)
    + entry(DEAD, 50, b"pts/0", b"", b"", 400)
)


def test_last_gives_log_ons_and_log_offs(rows, record):
    """Users and the ends of their sessions are rows, starts of the machine are not; a name may fill its field."""
    found = rows("last", record({"/var/log/wtmp": WTMP}))
    assert [
        ("anna", "pts/0", 50, USER, 200, "10.0.0.9"),
        ("caf\\xe9" + "x" * 28, "tty1", 51, USER, 300, ""),
        ("", "pts/0", 50, DEAD, 400, ""),
    ] == [tuple(row[name] for name in ("username", "tty", "pid", "type", "time", "host")) for row in found]
    assert ["user-process", "user-process", "dead-process"] == [row["type_name"] for row in found]


def test_a_torn_record_is_none(rows, record):
    """A file that ends within a record gives those before; a file of nonsense gives nothing and stops nothing."""
    assert 1 == len(rows("last", record({"/var/log/wtmp": WTMP[: 384 * 2 + 100]})))
    assert [] == rows("logged_in_users", record({"/run/utmp": b"\xff" * 100}))


def test_logged_in_users(rows, record):
    """Each record of utmp is a row but that of process 1; a type no one knows is called so."""
    content = (
        entry(USER, 50, b"pts/0", b"anna", b"h", 200) + entry(BOOT, 1, b"~", b"reboot", b"", 1) + entry(99, 3, b"", b"", b"", 0)
    )
    found = rows("logged_in_users", record({"/run/utmp": content}))
    assert [("user", "anna", "pts/0", "h", 200, 50), ("unknown", "", "", "", 0, 3)] == [
        tuple(row[name] for name in ("type", "user", "tty", "host", "time", "pid")) for row in found
    ]


def test_sessions_of_logind_stand_in(rows, record):
    """Where there is no utmp, the sessions of systemd are who is logged in; its pipes are not read."""
    text = "UID=1000\nUSER=anna\nACTIVE=1\nTTY=tty2\nLEADER=77\nREALTIME=1700000000123456\n"
    found = rows("logged_in_users", record({"/run/systemd/sessions/2": text, "/run/systemd/sessions/2.ref": "USER=x\n"}))
    assert [{"type": "user", "user": "anna", "tty": "tty2", "host": "", "time": 1700000000, "pid": 77}] == found


def test_a_system_without_records_has_none(rows, record):
    """No file, no row."""
    assert [[], []] == [rows(table, record({"/etc/x": ""})) for table in ("last", "logged_in_users")]
