# SPDX-License-Identifier: Apache-2.0
"""The ways a control may be made true, and what data each takes: one shape a mechanism, checked when a catalogue is linted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policies import shape, template
from policies.formats.registry import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

Shape: TypeAlias = tuple[dict[str, shape.Check], dict[str, shape.Check]]


def _or_name(check: shape.Check) -> shape.Check:
    """Accept a lone `$name` too: its type is the parameter's."""

    def checked(value: Any) -> Iterable[shape.Wrong]:
        return () if isinstance(value, str) and template.lone(value) else check(value)

    return checked


def _scalar(value: Any) -> Iterable[shape.Wrong]:
    return () if isinstance(value, str) else [((), f"must be quoted text, not {value!r}")]


def _mode(value: Any) -> Iterable[shape.Wrong]:
    octal = isinstance(value, str) and len(value) == len("0644") and set(value) <= set("01234567")
    return () if octal else [((), f'must be four octal digits in quotes, such as "0644", not {value!r}')]


def _names(value: Any) -> Iterable[shape.Wrong]:
    if isinstance(value, dict):
        return shape.mapping({}, {"debian": _LIST, "redhat": _LIST})(value)
    return _LIST(value)


_TEXT: Final = shape.text
_LIST: Final = _or_name(shape.each(_TEXT, at_least=1))
_WORDS: Final = shape.each(_TEXT)
_NUMBER: Final = _or_name(shape.integer)
_SETTINGS: Final = shape.table(_or_name(_scalar), key=_TEXT)

_PACKAGE: Final[Shape] = ({"names": _names, "state": shape.one_of("present", "absent")}, {"except_for": _LIST})
# Of several shapes a step must have one; which one is told by its keys.
SHAPES: Final[dict[str, tuple[Shape, ...]]] = {
    "accounts": (
        ({"existing": shape.mapping({}, {"minimum_days": _NUMBER, "maximum_days": _NUMBER})}, {}),
        ({"home_mode": _mode}, {}),
        ({"lock": _LIST}, {"unless": _or_name(shape.boolean)}),
    ),
    "auditd": (
        ({"file": _TEXT, "syscalls": _LIST, "key": _TEXT}, {}),
        ({"file": _TEXT, "watch": _LIST, "permissions": _TEXT, "key": _TEXT}, {}),
        ({"file": _TEXT, "watch_existing": _LIST, "permissions": _TEXT, "key": _TEXT}, {}),
        ({"file": _TEXT, "immutable": shape.boolean}, {}),
    ),
    "config_file": (({"path": _TEXT, "settings": _SETTINGS}, {"section": _TEXT, "when_folder": _TEXT}),),
    "dconf": (({"file": _TEXT, "locked": shape.boolean, "settings": _SETTINGS}, {}),),
    "faillock": (({}, {"deny": _NUMBER, "unlock_minutes": _NUMBER}),),
    "file_lines": (({"path": _TEXT, "lines": _LIST, "mode": _mode}, {}),),
    "journald": (({"file": _TEXT, "settings": _SETTINGS}, {}), ({"file": _TEXT, "retention_years": _NUMBER}, {})),
    "kernel_module": (({"modules": _LIST, "state": shape.one_of("blocked")}, {"excepted_devices": _LIST}),),
    "login_defs": (({"settings": _SETTINGS}, {}),),
    "logrotate": (
        ({"files": _LIST, "frequency": shape.one_of("daily", "weekly", "monthly"), "retention_years": _NUMBER}, {}),
        ({"files": _LIST, "create_mode": _mode}, {}),
    ),
    "mount": (({"paths": _LIST, "options": _LIST}, {}),),
    "nftables": (({"chain": shape.one_of("input", "output"), "policy": shape.one_of("drop"), "allow": _LIST}, {}),),
    "package": (_PACKAGE,),
    "package_sources": (({"signed": shape.boolean}, {}),),
    "pam": (
        (
            {
                "type": shape.one_of("auth", "account", "password", "session"),
                "module": _TEXT,
                "flag": shape.one_of("requisite", "required", "optional"),
                "arguments": _WORDS,
            },
            {},
        ),
    ),
    "scheduled_restart": (
        ({"every_hours": _NUMBER}, {}),
        ({"timer": shape.one_of("menshen-restart.timer"), "at": _TEXT}, {}),
        ({"only_when_due": shape.boolean}, {}),
    ),
    "service": (
        ({"names": _names}, {"state": shape.one_of("started", "stopped"), "enabled": shape.boolean, "masked": shape.boolean}),
    ),
    "sshd": (({"settings": shape.table(_or_name(_scalar), key=_TEXT)}, {}),),
    "sudoers": (
        ({"file": _TEXT, "defaults": _LIST}, {"remove_defaults": _LIST}),
        ({"remove_tags": _LIST}, {"remove_defaults": _LIST, "except_for": _LIST}),
    ),
    "sysctl": (({"file": _TEXT, "settings": _SETTINGS}, {}),),
    "template": (({"template": _TEXT, "path": _TEXT, "mode": _mode}, {"values": shape.table(_or_name(_scalar), key=shape.name)}),),
    "timesync": (({"servers": _LIST}, {}),),
    "unattended_upgrades": (({"update_lists_days": shape.integer}, {"origins": _LIST, "upgrade_days": shape.integer}),),
    "usbguard": (
        ({"settings": _SETTINGS}, {}),
        ({"refuse_interfaces": _LIST}, {}),
        ({"allow": _LIST}, {}),
        ({"excepted_devices": _LIST}, {}),
    ),
}
_REGISTRY: Final[Shape] = (
    {"key": _TEXT, "name": _TEXT, "type": shape.one_of(*TYPES), "data": shape.anything},
    {"times": shape.integer},
)
# The mechanisms of Windows; `service` is both's.
WINDOWS: Final[dict[str, tuple[Shape, ...]]] = {
    "audit_policy": (({"guid": _TEXT, "setting": shape.integer}, {}),),
    "bitlocker": (
        (
            {
                "method": shape.one_of("aes_128", "aes_256", "xts_aes_128", "xts_aes_256"),
                "protectors": shape.each(shape.one_of("tpm", "recovery_password"), at_least=1),
                "drives": shape.one_of("all"),
            },
            {},
        ),
    ),
    "firewall_rules": (({"direction": shape.one_of("inbound", "outbound"), "allow": _LIST}, {}),),
    "local_group": (({"group": _TEXT, "members": _LIST}, {}),),
    "registry": (
        _REGISTRY,
        ({"key": _TEXT, "name": _TEXT, "state": shape.one_of("absent")}, {}),
        ({"key": _TEXT, "list": _or_name(_WORDS)}, {}),
    ),
    "scheduled_task": (
        ({"name": _TEXT, "every_hours": _NUMBER, "action": shape.one_of("restart")}, {}),
        ({"name": _TEXT, "state": shape.one_of("present")}, {}),
    ),
    "security_policy": (
        (
            {"section": shape.one_of("System Access", "Privilege Rights"), "name": _TEXT, "value": shape.anything},
            {"merge": shape.boolean},
        ),
    ),
    "user_hive": (_REGISTRY,),
}
# Named by controls of other kinds of subject; their issues bring the shapes.
ELSEWHERE: Final[frozenset[str]] = frozenset(("firmware", "gpo"))
MECHANISMS: Final[frozenset[str]] = frozenset(SHAPES) | frozenset(WINDOWS) | ELSEWHERE


def wrongs(step: dict[str, Any]) -> list[shape.Wrong]:
    """Find what is wrong in the data of a step whose mechanism is known; nothing is said of mechanisms of other kinds."""
    data = {key: value for key, value in step.items() if key != "mechanism"}
    shapes = SHAPES.get(step["mechanism"]) or WINDOWS.get(step["mechanism"], ())
    if not shapes:
        return []
    found = [list(shape.mapping(needed, more)(data)) for needed, more in shapes]
    # The shape that shares the most keys is the one that was meant.
    meant = max(
        range(len(shapes)), key=lambda number: (len(data.keys() & {*shapes[number][0], *shapes[number][1]}), -len(found[number]))
    )
    return found[meant]
