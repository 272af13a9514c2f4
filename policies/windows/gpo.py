# SPDX-License-Identifier: Apache-2.0
r"""What a domain's Group Policy sets on a PC, from what it leaves there itself; and values whose policy is gone.

`%ProgramData%\\ntuser.pol` archives every registry value of the last run, `security\\templates\\policies\\gpt*` the security
settings. Both are language-neutral. Whether a real domain names its GPOs in them, only a real PC can show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.formats import inf
from policies.formats.registry import HIVES, FormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from policies.formats.pol import Entry
    from policies.formats.registry import Setting
    from policies.windows.state import Place, State

_COMMENT: Final = "**comment:gpo name: "
_UNNAMED: Final = "its name is not recorded on the PC"
_POLICIES: Final = (HIVES["HKLM"] + "\\SOFTWARE\\Policies\\").lower()


def of_archive(entries: Iterable[Entry]) -> dict[Place, str]:
    """Give the registry values of the machine that GPOs set, each with the GPO's name where the archive tells it."""
    name, found = _UNNAMED, {}
    for entry in entries:
        if entry.name.lower().startswith(_COMMENT):
            name = entry.name[len(_COMMENT) :].strip() or _UNNAMED
        elif not entry.name.startswith("**"):
            found[f"{HIVES['HKLM']}\\{entry.key}".lower(), entry.name.lower()] = name
    return found


def of_templates(contents: Iterable[bytes]) -> dict[Place, str]:
    """Give the security settings and rights that GPOs set: (section, name) -> the path of the GPO, or that it is unknown."""
    found: dict[Place, str] = {}
    for content in contents:
        try:
            template = inf.load(content)
        except FormatError:
            # One broken copy hides no other: what is in it is then not known to come from a GPO.
            continue
        name = next((line["GPOPath"] for line in template.values() if "GPOPath" in line), _UNNAMED)
        for section in (inf.SYSTEM_ACCESS, inf.PRIVILEGE_RIGHTS):
            found.update({(section.lower(), one.lower()): name for one in template.get(section, {})})
    return found


def tattooed(state: State, wanted: Iterable[Place]) -> Iterator[str]:
    """Yield policy values that neither a GPO nor a control sets, on a PC that is ruled by GPOs: left over, or set by hand."""
    if not state.gpo:
        return
    known = set(wanted) | set(state.gpo)
    for place, one in sorted(_policies(state).items()):
        if place not in known:
            yield f"{one.key}\\{one.name or '(default)'}"


def _policies(state: State) -> Mapping[Place, Setting]:
    return {place: one for place, one in state.values.items() if place[0].startswith(_POLICIES)}
