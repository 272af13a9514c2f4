# SPDX-License-Identifier: Apache-2.0
"""A baseline for Windows PCs that nobody may reach: .reg, LGPO text and Registry.pol, each with a matching rollback.

A file that is imported asks nobody what stands there. So a rollback made from the baseline alone deletes what it wrote;
one made from the PC's own first export (`first.cmd`) restores, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policies.formats import inf, lgpo, pol, reg
from policies.formats.reg import Block
from policies.formats.registry import HIVES, setting
from policies.windows import asking, audit_policy, bitlocker, changing, firewall_rules, registry, service
from policies.windows.registry import Want
from policies.windows.state import Plan, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policies.resolve import Resolved

    Steps: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]

MACHINE: Final = HIVES["HKLM"] + "\\"
PERSON: Final = HIVES["HKCU"] + "\\"
# What a file can say; tasks, members of groups and encryption need someone at the PC.
SAID: Final = frozenset({"registry", "user_hive", "firewall_rules", "bitlocker", "service", "security_policy", "audit_policy"})
_SLASH: Final = "\\"
_START: Final = {True: 2, False: 4}


@dataclass(frozen=True, slots=True)
class First:
    """What a PC's own first export says: its values, and all keys that are known to exist."""

    state: State

    def wholly(self, key: str) -> bool:
        """Tell whether the export can say what stands in `key`: it, or a key above it, was there to be exported."""
        parts = key.lower().split("\\")
        return any("\\".join(parts[:end]) in self.state.keys for end in range(2, len(parts) + 1))


def steps_of(rules: Iterable[Resolved]) -> dict[str, list[dict[str, Any]]]:
    """Gather what files can say, by mechanism."""
    found: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        for step in rule.enforce:
            if step["mechanism"] in SAID:
                data = {key: value for key, value in step.items() if key != "mechanism"}
                found.setdefault(step["mechanism"], []).append({"control": rule.control, **data})
    return found


def wants(steps: Steps) -> list[Want]:
    """List every registry value, the users' own below HKEY_CURRENT_USER; services by the number they start by.

    Raises:
        StepError: data that does not fit, or two controls that contradict each other.
    """
    users = [{**step, "key": PERSON + step["key"]} for step in steps.get("user_hive", ())]
    found = [
        *registry.wants({"registry": [*steps.get("registry", ()), *users]}, State()),
        *firewall_rules.wants(steps.get("firewall_rules", ()), State()),
        *bitlocker.wants(steps.get("bitlocker", ())),
        *_services(steps.get("service", ())),
    ]
    registry.compare(found, State(), Plan())
    return list({want.place: want for want in found}.values())


def reg_files(name: str, steps: Steps, first: First | None) -> dict[str, bytes]:
    """Give .reg files for the machine and for each user, with rollbacks, and the batch that keeps the PC's first export."""
    found = wants(steps)
    files = {"first.cmd": asking.batch(_first(steps))}
    for label, hive in (("", MACHINE), ("-user", PERSON)):
        part = [want for want in found if want.key.startswith(hive)]
        if part:
            files[f"{name}{label}.reg"] = reg.dump(_forward(part))
            files[f"{name}{label}-rollback.reg"] = reg.dump(_back(part, first))
    return {**files, **_beside(name, steps)}


def deletable(want: Want) -> bool:
    """Tell whether Windows is well without a value: a service or driver without its start number is broken."""
    return not (want.key.lower().startswith(f"{service.KEY}\\".lower()) and want.name.lower() == "start")


def uncovered(steps: Steps, first: First) -> list[str]:
    """List the keys that a first export says nothing about."""
    return sorted({want.key for want in wants(steps) if not first.wholly(want.key)})


def lgpo_files(name: str, steps: Steps, _: First | None) -> dict[str, bytes]:
    """Give LGPO text and the text that deletes the same values."""
    found = wants(steps)
    made = [_instruction(want) for want in found]
    kept = [one for one, want in zip(made, found, strict=True) if deletable(want)]
    back = [lgpo.Instruction(one.scope, one.key, one.name, lgpo.DELETE) for one in kept]
    return {f"{name}.txt": lgpo.dump(made), f"{name}-rollback.txt": lgpo.dump(back), **_beside(name, steps)}


def pol_files(name: str, steps: Steps, _: First | None) -> dict[str, bytes]:
    """Give Registry.pol for machine and user as a GPO's folders hold them, and those that delete the same values."""
    found = wants(steps)
    files = {}
    for folder, hive in (("Machine", MACHINE), ("User", PERSON)):
        part = [want for want in found if want.key.startswith(hive)]
        if part:
            files[f"{folder}/Registry.pol"] = pol.dump(_entry(want, hive) for want in part)
            files[f"rollback/{folder}/Registry.pol"] = pol.dump(
                pol.deletion(want.key.removeprefix(hive), want.name) for want in part
            )
    return {**files, **_beside(name, steps)}


def _services(steps: Sequence[Mapping[str, Any]]) -> Iterator[Want]:
    for step in steps:
        for name in service.names([step]):
            key = f"{service.KEY}\\{name}"
            if "enabled" in step:
                yield Want(step["control"], "service", key, "Start", setting(key, "Start", "REG_DWORD", _START[step["enabled"]]))


def _forward(found: Sequence[Want]) -> tuple[Block, ...]:
    return changing.forwards(_planned(found, State()))


def _back(found: Sequence[Want], first: First | None) -> tuple[Block, ...]:
    if first is not None:
        return changing.backwards(_planned(found, first.state), first.state)
    keys: dict[str, list[str]] = {}
    for want in filter(deletable, found):
        keys.setdefault(want.key, []).append(want.name)
    return tuple(Block(key, absent=tuple(names)) for key, names in keys.items())


def _planned(found: Sequence[Want], state: State) -> Plan:
    """Put every value into a plan, those that stand there already too: a file says all of them."""
    plan = Plan()
    for want in found:
        former = state.values.get(want.place)
        if former or want.new:
            plan.registry[want.place] = (former, want.new)
    return plan


def _entry(want: Want, hive: str) -> pol.Entry:
    key = want.key.removeprefix(hive)
    return pol.Entry(key, want.new.name, want.new.type, want.new.data) if want.new else pol.deletion(key, want.name)


def _instruction(want: Want) -> lgpo.Instruction:
    scope, hive = (lgpo.COMPUTER, MACHINE) if want.key.startswith(MACHINE) else (lgpo.USER, PERSON)
    key = want.key.removeprefix(hive)
    return lgpo.of(scope, key, want.new) if want.new else lgpo.Instruction(scope, key, want.name, lgpo.DELETE)


def _beside(name: str, steps: Steps) -> dict[str, bytes]:
    """What no registry value says: a security template for secedit or LGPO /s, audit settings for LGPO /ac and auditpol."""
    files = {}
    policy: dict[str, dict[str, str]] = {}
    for step in steps.get("security_policy", ()):
        policy.setdefault(step["section"], {})[step["name"]] = str(step["value"])
    if policy:
        files[f"{name}.inf"] = inf.dump(policy)
    plan = Plan()
    guids = {str(step["guid"]).upper(): 0 for step in steps.get("audit_policy", ())}
    audit_policy.compare(steps.get("audit_policy", ()), State(audit=guids), plan)
    if plan.commands:
        files[f"{name}-audit.cmd"] = asking.batch(command.line for command in plan.commands)
        files[f"{name}-audit-rollback.cmd"] = asking.batch(['auditpol.exe /restore /file:"%D%first\\audit.csv"'])
    return files


def _first(steps: Steps) -> Iterator[str]:
    """Keep what stands there before the first import; the folder `first` is what `--export` takes."""
    yield f'mkdir "%D%first" {asking.QUIET}'
    for line in asking.registry_lines(steps):
        yield line.replace("%D%out", "%D%first")
    for number, part in enumerate(asking.subtrees(steps)):
        yield f'reg.exe export "{PERSON}{part}" "%D%first\\person{number}.reg" /y {asking.QUIET}'
        yield f'reg.exe query "{PERSON}{part.partition(_SLASH)[0]}" {asking.QUIET}'
        yield f'if not errorlevel 1 echo p{number}>>"%D%first\\keys.txt"'
    yield f'auditpol.exe /backup /file:"%D%first\\audit.csv" {asking.QUIET}'
    yield f'secedit.exe /export /cfg "%D%first\\policy.inf" /areas SECURITYPOLICY USER_RIGHTS /quiet {asking.QUIET}'


def first_of(steps: Steps, files: Mapping[str, bytes]) -> First:
    """Understand a folder that `first.cmd` made, or .reg files by themselves.

    Raises:
        FormatError: a file is no export.
    """
    blocks = [block for name, content in sorted(files.items()) if name.lower().endswith(".reg") for block in reg.load(content)]
    there = set(files.get("keys.txt", b"").decode("ascii", "replace").split())
    asked = {key.lower() for number, key in enumerate(asking.ups(steps)) if f"u{number}" in there}
    asked |= {
        f"{PERSON}{part.partition(_SLASH)[0]}".lower()
        for number, part in enumerate(asking.subtrees(steps))
        if f"p{number}" in there
    }
    values = {one.place: one for block in blocks for one in block.settings}
    return First(State(values=values, keys=frozenset({block.key.lower() for block in blocks} | asked)))


FORMATS: Final = {"reg": reg_files, "lgpo": lgpo_files, "pol": pol_files}
