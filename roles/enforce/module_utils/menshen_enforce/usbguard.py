# SPDX-License-Identifier: GPL-3.0-or-later
"""Let USBGuard refuse what nobody registered, but never the keyboard, mouse or hub that is there (usbguard-rules.conf(5))."""

from __future__ import annotations

import os
import re
from collections import Counter

from ansible.module_utils.menshen_enforce.keyed import value_of, with_key
from ansible.module_utils.menshen_enforce.plan import Plan

DEVICES = "/sys/bus/usb/devices"
EXCEPTIONS = "/etc/usbguard/rules.d/menshen-exceptions.conf"
RULES, DAEMON = "/etc/usbguard/rules.conf", "/etc/usbguard/usbguard-daemon.conf"
HUB, HID, INPUT = "09", "03", ("03:00:01", "03:00:02", "03:01:01", "03:01:02")
INTERFACE = re.compile(r"with-interface\s+(?:(?:one-of|all-of|equals|match-all)\s*)?(?:\{([^}]*)\}|(\S+))")


def plan(machine, steps) -> Plan:
    """Compare the daemon's settings and its rules."""
    made = Plan()
    for step in steps:
        for name, value in step.get("settings", {}).items():
            text = made.now(DAEMON, machine)
            now = value_of(text, name)
            if now != value:
                made.change(step["control"], f"{DAEMON} {name}", now, value)
                made.file(DAEMON, machine.text(DAEMON), with_key(text, name, value), 0o600)
    _rules(machine, made, steps)
    _exceptions(machine, made, steps)
    _twins(machine, made, steps)
    if made.files:
        made.restart(machine, "usbguard.service")
    return made


def _rules(machine, made: Plan, steps) -> None:
    before = machine.text(RULES)
    refused = {one[:2]: step["control"] for step in steps for one in step.get("refuse_interfaces", ())}
    kept = []
    for rule in (before or "").splitlines():
        control = _refused(rule, refused)
        if control:
            made.change(control, f"{RULES} {rule}", "present", None)
        else:
            kept.append(rule)
    wanted = [(steps[0]["control"], rule) for rule in present(machine)] if steps else []
    wanted += [(step["control"], f"allow id {one}") for step in steps for one in step.get("allow", ())]
    for control, rule in wanted:
        if rule not in kept:
            made.change(control, f"{RULES} {rule}", None, "present")
            kept.append(rule)
    if kept != (before or "").splitlines() or (before is None and steps):
        made.file(RULES, before, "".join(f"{rule}\n" for rule in kept), 0o600)
        if before is None and not wanted:
            made.change(steps[0]["control"], RULES, None, "no rules")


def _exceptions(machine, made: Plan, steps) -> None:
    """Let in the devices of live exceptions by a file of our own: with the last of them it goes."""
    wanted = {device: step["control"] for step in steps for device in step.get("excepted_devices", ())}
    before = machine.text(EXCEPTIONS)
    had = (before or "").splitlines()
    rules = {_rule(device): control for device, control in wanted.items()}
    speaking = next((step["control"] for step in steps if "excepted_devices" in step), None)
    if speaking is None or had == list(rules):
        return
    for rule in [one for one in had if one not in rules]:
        made.change(speaking, f"{EXCEPTIONS} {rule}", "present", None)
    for rule in [one for one in rules if one not in had]:
        made.change(rules[rule], f"{EXCEPTIONS} {rule}", None, "present")
    if not made.changes:
        made.change(speaking, EXCEPTIONS, "other lines", "only rules of exceptions")
    made.file(EXCEPTIONS, before, "".join(f"{rule}\n" for rule in rules) if rules else None, 0o600)
    _read_folder(machine, made, speaking)


def _read_folder(machine, made: Plan, control: str) -> None:
    text, folder = made.now(DAEMON, machine), os.path.dirname(EXCEPTIONS)
    now = value_of(text, "RuleFolder")
    if (now or "").rstrip("/") != folder:
        made.change(control, f"{DAEMON} RuleFolder", now, f"{folder}/")
        made.file(DAEMON, machine.text(DAEMON), with_key(text, "RuleFolder", f"{folder}/"), 0o600)


def _rule(device: str) -> str:
    vendor, product, serial = (*device.split(":", 2), "")[:3]
    return f"allow id {vendor}:{product}" + (f' serial "{_escaped(serial)}"' if serial else "")


def _twins(machine, made: Plan, steps) -> None:
    """Say where a serial number is not unique: two such devices are plugged in, and the rule cannot tell them apart."""
    here = Counter()
    for name in machine.names(DEVICES):
        vendor, product, serial = (
            (machine.text(os.path.join(DEVICES, name, key)) or "").strip() for key in ("idVendor", "idProduct", "serial")
        )
        here[f"{vendor}:{product}:{serial}"] += 1
    for step in steps:
        for device in step.get("excepted_devices", ()):
            if here[device] > 1:
                why = f"the serial number is not unique: {here[device]} such devices are plugged in, and all are let in"
                made.cannot(step["control"], f"USB device {device}", why)


def _refused(rule: str, refused) -> str | None:
    words = rule.split()
    if not words or words[0] != "allow":
        return None
    found = INTERFACE.search(rule)
    if not found:
        vague = not any(word in words for word in ("serial", "hash")) and words[1:2] in ([], ["id"]) and words[2:3] in ([], ["*:*"])
        return next(iter(refused.values()), None) if vague else None
    classes = [one[:2].lower() for one in (found.group(1) or found.group(2)).split()]
    return next((refused[one] for one in classes if one in refused), next(iter(refused.values()), None) if "*:" in classes else None)


def present(machine) -> list[str]:
    """Write an allowing rule for each input device and hub that is plugged in now."""
    rules = []
    for name in machine.names(DEVICES):
        if ":" in name:
            continue
        folder = os.path.join(DEVICES, name)
        device = {key: (machine.text(os.path.join(folder, key)) or "").strip() for key in ("idVendor", "idProduct", "serial", "bDeviceClass")}
        interfaces = [
            ":".join((machine.text(os.path.join(DEVICES, one, f"bInterface{part}")) or "").strip() for part in ("Class", "SubClass", "Protocol"))
            for one in machine.names(DEVICES)
            if one.startswith(_before_interface(name))
        ]
        if device["idVendor"] and _input(device, interfaces):
            serial = f' serial "{_escaped(device["serial"])}"' if device["serial"] else ""
            # The daemon refuses to start over an empty set.
            parts = f" with-interface {{ {' '.join(interfaces)} }}" if interfaces else ""
            rules.append(f"allow id {device['idVendor']}:{device['idProduct']}{serial}{parts}")
    return sorted(set(rules))


def _before_interface(name: str) -> str:
    """Give what the names of a device's interfaces begin with: `1-2:` for 1-2, but `1-0:` for the root hub usb1."""
    return f"{name[3:]}-0:" if name.startswith("usb") else f"{name}:"


def _input(device, interfaces) -> bool:
    classes = {one[:2] for one in interfaces}
    return device["bDeviceClass"] == HUB or bool(classes) and (classes <= {HID, HUB} or any(one in INPUT for one in interfaces))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
