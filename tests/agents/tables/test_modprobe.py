# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations


def test_directives_name_modules_with_underscores(record, rows):
    """Each directive is a row; hyphens become underscores; an alias belongs to the module it stands for."""
    text = "# no\nblacklist usb-storage\n"
    text += "install usb-storage /bin/false\noptions snd-hda \\\n  a=1\nalias net-pf-10 ipv6\n\nbogus x y\nblacklist\n"
    found = rows("module_config", record({"/etc/modprobe.d/a.conf": text, "/etc/modprobe.d/README": "blacklist no"}))
    assert [
        ("usb_storage", "blacklist", "", 2),
        ("usb_storage", "install", "/bin/false", 3),
        ("snd_hda", "options", "a=1", 4),
        ("ipv6", "alias", "net-pf-10", 6),
    ] == [(row["module"], row["directive"], row["argument"], row["line_number"]) for row in found]


def test_a_file_in_etc_hides_its_namesake(record, rows):
    """The same name in a later folder does not count, and files come sorted by name whatever their folder."""
    host = record({
        "/etc/modprobe.d/b.conf": "blacklist mine\n",
        "/usr/lib/modprobe.d/b.conf": "blacklist hidden\n",
        "/lib/modprobe.d/a.conf": "blacklist first\n",
        "/run/modprobe.d/c.conf": "blacklist run",
    })  # fmt: skip
    assert ["first", "mine", "run"] == [row["module"] for row in rows("module_config", host)]


def test_a_line_of_a_megabyte_and_an_open_end_are_read(record, rows):
    """A line may be long or end in a backslash at the end of the file; both are whole directives."""
    host = record({"/etc/modprobe.d/a.conf": f"options m {'x' * 1_000_000}\ninstall cramfs /bin/true \\"})
    assert [("m", 1_000_000), ("cramfs", 9)] == [(row["module"], len(row["argument"])) for row in rows("module_config", host)]
