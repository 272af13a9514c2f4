# SPDX-License-Identifier: Apache-2.0
"""Mechanisms on files in a folder: what no throw-away host has, USB devices above all."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import ansible.module_utils
import pytest

ROOT = Path(__file__).resolve().parents[2]
ansible.module_utils.__path__.append(str(ROOT / "roles" / "enforce" / "module_utils"))

from ansible.module_utils.menshen_enforce import (  # noqa: E402 - found by the line above
    accounts,
    kernel_module,
    keyed,
    logrotate,
    nftables,
    package,
    package_sources,
    strictest,
    sudoers,
    usbguard,
)
from ansible.module_utils.menshen_enforce.machine import EnforceError, Machine  # noqa: E402 - the same

KEYBOARD = {"idVendor": "046d", "idProduct": "c31c", "bDeviceClass": "00"}
STICK = {"idVendor": "0951", "idProduct": "1666", "bDeviceClass": "00", "serial": "60A4"}
HUB = {"idVendor": "1d6b", "idProduct": "0003", "bDeviceClass": "09", "serial": 'a"b\\c'}


def devices(folder, **found):
    """Lay out a tree as the kernel does: a device, its interfaces beside it."""
    for name, (facts, interfaces) in found.items():
        device = name.replace("_", "-")
        (folder / device).mkdir()
        for key, value in facts.items():
            (folder / device / key).write_text(f"{value}\n", encoding="utf-8")
        # The kernel names the interface of the root hub usb1 after its bus.
        configured = f"{device[3:]}-0" if device.startswith("usb") else device
        for number, interface in enumerate(interfaces):
            place = folder / f"{configured}:1.{number}"
            place.mkdir()
            for part, value in zip(("Class", "SubClass", "Protocol"), interface.split(":"), strict=True):
                (place / f"bInterface{part}").write_text(f"{value}\n", encoding="utf-8")


@pytest.fixture
def usb(tmp_path, monkeypatch):
    """Put USB devices and USBGuard's files into a folder."""
    monkeypatch.setattr(usbguard, "DEVICES", str(tmp_path))
    monkeypatch.setattr(usbguard, "RULES", str(tmp_path / "rules.conf"))
    monkeypatch.setattr(usbguard, "DAEMON", str(tmp_path / "daemon.conf"))
    monkeypatch.setattr(usbguard, "EXCEPTIONS", str(tmp_path / "rules.d" / "exceptions.conf"))
    return tmp_path


def test_a_keyboard_and_a_hub_that_are_there_are_never_refused(usb):
    """Rules for what is plugged in are written for input and hubs, with all their interfaces, and for no stick."""
    devices(usb, _1_1=(KEYBOARD, ["03:01:01", "03:00:00"]), _1_2=(STICK, ["08:06:50"]), usb1=(HUB, ["09:00:00"]))
    made = usbguard.plan(Machine(), [{"control": "narrow", "refuse_interfaces": ["08:*:*"]}])
    assert made.files[str(usb / "rules.conf")].text == (
        "allow id 046d:c31c with-interface { 03:01:01 03:00:00 }\n"
        'allow id 1d6b:0003 serial "a\\"b\\\\c" with-interface { 09:00:00 }\n'
    )


def test_a_keyboard_with_sound_is_input_too(usb):
    """A device with a boot keyboard among other interfaces is still the keyboard someone types on."""
    devices(usb, _1_1=(KEYBOARD, ["01:01:00", "03:01:01"]))
    assert 1 == len(usbguard.present(Machine()))


def test_wide_rules_are_taken_out_and_others_stay(usb):
    """Rules that allow storage, every class or everything go; a registered device and a blocking rule stay."""
    wide = ["allow with-interface one-of { 08:*:* }", "allow with-interface equals { *:*:* }", "allow", "allow id *:*"]
    narrow = [
        'allow id 1234:5678 serial "x"',
        "block with-interface one-of { 08:*:* }",
        "allow with-interface one-of { 03:00:01 03:01:01 }",
    ]
    (usb / "rules.conf").write_text("\n".join([*wide, *narrow, ""]), encoding="utf-8")
    made = usbguard.plan(Machine(), [{"control": "narrow", "refuse_interfaces": ["08:*:*"]}])
    assert narrow == made.files[str(usb / "rules.conf")].text.splitlines()
    assert wide == [one.setting.split(" ", 1)[1] for one in made.changes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1\n# b = 2\n", "a=1\n# b = 2\nb = 9\n"),
        ("b = 1\nc=3\nb=4\n", "b = 9\nc=3\nb=9\n"),
        ("c=3", "c=3\nb=9\n"),
        (None, "b=9\n"),
    ],
)
def test_a_key_is_set_where_it_stands(text, expected):
    """Every active line of a key changes, else it follows its comment, else the end; other lines are as they were."""
    assert expected == keyed.with_key(text, "b", "9")
    assert "9" == keyed.value_of(expected, "b")


def test_a_key_is_set_in_its_section():
    """The same key in another section is another key; a section that is missing is made."""
    text = "[one]\nb=1\n\n[two]\nc=2\n"
    assert "[one]\nb=1\n\n[two]\nc=2\nb=9\n" == keyed.with_key(text, "b", "9", "=", "two")
    assert keyed.value_of(text, "b", "=", "two") is None
    assert text + "[three]\nb=9\n" == keyed.with_key(text, "b", "9", "=", "three")


def test_the_stricter_of_two_controls_counts_and_a_contradiction_is_named():
    """Of two ages the rule decides; without a rule both controls are named."""
    assert {("age",): ("b", 30)} == strictest.merged([("a", ("age",), 90), ("b", ("age",), 30)], {"age": min})
    with pytest.raises(EnforceError, match="mask: a wants 022, b wants 027"):
        strictest.merged([("a", ("mask",), "022"), ("b", ("mask",), "027")], {})


def test_sudo_is_tightened_but_for_the_excepted():
    """NOPASSWD goes from people's rules and stays for the automation an exception names; defaults that loosen go."""
    step = {"remove_tags": ["NOPASSWD"], "remove_defaults": ["!authenticate"], "except_for": ["robot"]}
    assert "%sudo ALL=(ALL) ALL" == sudoers._line(step, "%sudo ALL=(ALL) NOPASSWD: ALL")
    assert "robot ALL=(ALL) NOPASSWD: ALL" == sudoers._line(step, "robot ALL=(ALL) NOPASSWD: ALL")
    assert "Defaults env_reset" == sudoers._line(step, "Defaults env_reset, !authenticate")
    assert sudoers._line(step, "Defaults !authenticate") is None
    assert "# NOPASSWD: is bad" == sudoers._line(step, "# NOPASSWD: is bad")


def test_logs_are_kept_for_the_years():
    """Count and period cover the years, what would delete earlier goes, and a stanza that keeps longer is left as it is."""
    step = {"control": "c", "frequency": "weekly", "retention_years": 2}
    short = "\n\trotate 4\n\tdaily\n\tmaxage 30\n\tcompress\n"
    assert "\n\trotate 106\n\tweekly\n\tcompress\n" == logrotate._with(step, short)
    assert 106 * 7 >= 2 * 366
    assert "\n\trotate 200\n\tweekly\n" == logrotate._with(step, "\n\trotate 200\n\tweekly\n")
    assert "\n\tcreate 0640 root adm\n" == logrotate._with({"control": "c", "create_mode": "0640"}, "\n\tcreate 0644 root adm\n")


@pytest.mark.parametrize("allowed", ["22", "tcp/0", "tcp/70000", "icmp/1", "tcp/22; drop", "tcp/22 192.0.2.1/24", 'tcp/22 "x"'])
def test_what_is_no_service_is_refused(allowed):
    """Only protocol/port with a network may stand in an allow-list: nothing else reaches nft."""
    with pytest.raises(EnforceError):
        nftables._rule("input", allowed)


def test_a_service_becomes_one_rule():
    """A network limits who may ask, or be asked, in its own family."""
    assert "ip saddr 192.0.2.0/24 tcp dport 22 accept" == nftables._rule("input", "tcp/22 192.0.2.0/24")
    assert "ip6 daddr 2001:db8::/32 udp dport 5000-5010 accept" == nftables._rule("output", "udp/5000-5010 2001:db8::/32")


def test_only_signed_sources_are_trusted():
    """Options that switch signatures off go, others stay, in both formats of apt."""
    line = package_sources.ONE_LINE.sub(
        package_sources._options, "deb [arch=amd64 trusted=yes] http://a b c\ndeb [trusted=yes] http://a b c\n"
    )
    assert "deb [arch=amd64] http://a b c\ndeb http://a b c\n" == line
    assert "Types: deb\nURIs: http://a\n" == package_sources.FIELD.sub("", "Types: deb\nTrusted: yes\nURIs: http://a\n")


class Apt(Machine):
    """A machine whose apt and dpkg answer from a list."""

    def __init__(self, installed, along):
        self.installed, self.along = installed, along

    def has(self, tool):
        """Have apt."""
        return tool in {"apt-get", "dpkg-query"}

    def ask(self, *command, stdin=None):
        """Answer as dpkg and apt would."""
        del stdin
        if command[0] == "dpkg-query":
            return 0, "".join(f"ii  {name}\n" for name in self.installed) + "rc  gone\n", ""
        if "install" in command:
            return (100, "", f"E: Unable to locate package {command[-1]}\n") if command[-1] == "unknown" else (0, "", "")
        return 0, "".join(f"Remv {name} [1]\n" for name in self.along), ""


def test_what_goes_along_with_a_package_is_named():
    """A removal names every package that apt would remove with it; one that would cut the way in is refused."""
    step = {"control": "c", "names": ["nmap", "gone"], "state": "absent"}
    made = package.plan(Apt(["nmap", "zenmap"], ["zenmap", "nmap"]), [step])
    refused = package.plan(Apt(["nmap"], ["nmap", "openssh-server"]), [step])
    assert ["package zenmap", "package nmap"] == [one.setting for one in made.changes]
    assert [] == refused.changes
    assert ["openssh-server would go with it"] == [one.why for one in refused.open]


def test_a_package_nobody_offers_is_left_open():
    """What apt cannot find is named with apt's reason; what it can is installed, what is there is left."""
    step = {"control": "c", "names": {"debian": ["unknown", "known", "here"]}, "state": "present"}
    made = package.plan(Apt(["here"], []), [step])
    assert ["package known"] == [one.setting for one in made.changes]
    assert ["E: Unable to locate package unknown"] == [one.why for one in made.open]


def test_a_password_that_an_age_would_end_is_announced():
    """The stricter age of two counts for an account with a password; a locked account has none to grow old."""
    files = {
        "/etc/passwd": "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/nonexistent:/bin/sh\nbob:x:1001:1001::/nonexistent:/bin/sh\n",
        "/etc/shadow": "root:!:1:0:99999:7:::\nann:$y$x:1:0:99999:7:::\nbob:$y$x:99999:0:20:7:::\n",
    }
    machine = SimpleNamespace(text=files.get, mode=lambda _: None)
    steps = [{"control": name, "existing": {"maximum_days": days}} for name, days in (("server", 90), ("people", 30))]
    made = accounts.plan(machine, steps)
    assert [("people", "account ann maximum_days", "30 (its password is older: the next log-on must change it)")] == [
        (one.control, one.setting, one.after) for one in made.changes
    ]
    assert ("chage", "-M", "30", "ann") == made.commands[0].argv


class Loaded(Machine):
    """A host whose kernel has loaded these modules."""

    def __init__(self, modules):
        self.modules = modules

    def text(self, path):
        """Give the kernel's list, and no other file."""
        return self.modules if path == "/proc/modules" else None


def test_modules_are_unloaded_after_those_that_use_them():
    """A stick loads uas too, which uses usb_storage: uas goes first, whatever order the control names."""
    host = Loaded("uas 28672 0 - Live 0x0\nusb_storage 81920 1 uas, Live 0x0\n")
    made = kernel_module.plan(host, [{"control": "storage", "modules": ["usb_storage", "uas"]}])
    assert [("modprobe", "-r", "uas"), ("modprobe", "-r", "usb_storage")] == [
        one.argv for one in made.commands if one.argv[0] == "modprobe"
    ]


def test_rules_of_exceptions_come_and_go(usb):
    """A device gets a rule in a file of our own, in a folder the daemon is told to read; with the last one the file goes."""
    step = {"control": "block", "excepted_devices": ["0951:1666:60A4", "abcd:0001"]}
    made = usbguard.plan(Machine(), [step])
    place = usb / "rules.d" / "exceptions.conf"
    assert 'allow id 0951:1666 serial "60A4"\nallow id abcd:0001\n' == made.files[str(place)].text
    assert f"RuleFolder={usb}/rules.d/\n" == made.files[str(usb / "daemon.conf")].text
    place.parent.mkdir()
    place.write_text(made.files[str(place)].text, encoding="utf-8")
    (usb / "rules.conf").write_text("", encoding="utf-8")
    (usb / "daemon.conf").write_text(made.files[str(usb / "daemon.conf")].text, encoding="utf-8")
    assert [] == usbguard.plan(Machine(), [step]).changes
    ended = usbguard.plan(Machine(), [{**step, "excepted_devices": []}])
    assert ended.files[str(place)].text is None
    assert 2 == len(ended.changes)


def test_twins_are_said(usb):
    """Where two devices with the excepted serial number are plugged in, nobody claims that one alone was let in."""
    devices(usb, _1_2=(STICK, ["08:06:50"]), _1_3=(STICK, ["08:06:50"]))
    made = usbguard.plan(Machine(), [{"control": "block", "excepted_devices": ["0951:1666:60A4"]}])
    assert ["USB device 0951:1666:60A4"] == [one.setting for one in made.open]


def test_the_block_gives_way_only_behind_usbguard():
    """For an excepted device the block is taken away, on condition that USBGuard runs, and nothing is unloaded."""
    host = Loaded("usb_storage 81920 1 - Live 0x0\n")
    host.text = lambda path: "install usb_storage /bin/false\n" if path.startswith("/etc/modprobe.d/") else Loaded.text(host, path)
    made = kernel_module.plan(host, [{"control": "storage", "modules": ["usb_storage"], "excepted_devices": ["0951:1666:60A4"]}])
    assert [None] == [one.text for one in made.files.values()]
    asked = [one for one in made.commands if one.why]
    assert [("systemctl", "is-active", "--quiet", "usbguard.service")] == [one.argv for one in asked]
    assert [] == [one for one in made.commands if one.argv[:2] == ("modprobe", "-r")]
