# SPDX-License-Identifier: Apache-2.0
"""Units of systemd: from systemd where it runs, else from its unit files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.unit_files import FOLDERS, unit_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row
    from agents.tables.linux.unit_files import UnitFile

UNITS: Final = ("systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager", "--full")
FILES: Final = ("systemctl", "list-unit-files", "--plain", "--no-legend", "--no-pager", "--full")
# systemd makes this folder when it starts as the first process; sd_booted(3) tests the same.
RUNNING: Final = "/run/systemd/system"


def systemd_units(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the units systemd has loaded, and every unit file beside them, with its enablement.

    Where systemd does not run (a container, an image, a recorded tree) the rows come from unit files and links alone:
    `unit_file_state` is as sure as before, `load_state` is masked or loaded by what the file says, and `active_state` and
    `sub_state` are NULL, since nobody can tell whether a unit runs. A unit file that a running systemd has not loaded is
    inactive and dead, as `systemctl show` would say. Columns about jobs, `following`, `user` and `source_path` are NULL.

    Raises:
        NotObservedError: systemd runs and does not answer, or its files cannot be read.
    """
    running = host.live and host.path(RUNNING).is_dir()
    if not running:
        described = ask.wants("description")
        yield from (_from_file(unit) for unit in unit_files(host, describe=described).values())
        return
    states = file_states(host.run(*FILES))
    loaded = {str(row["id"]): row for row in loaded_units(host.run(*UNITS))}
    places = _places(host) if ask.wants("fragment_path") else {}
    for name in sorted(loaded.keys() | states.keys()):
        row = loaded.get(name) or _not_loaded(name, states[name])
        # An instance has the enablement of its own link, and else that of its template, as `systemctl is-enabled` has it.
        template = f"{name.partition('@')[0]}@.{name.rpartition('.')[2]}"
        yield {
            **row,
            "unit_file_state": states.get(name, states.get(template, "")),
            "fragment_path": places.get(name, places.get(template, "")),
        }


def loaded_units(listing: str) -> Iterator[dict[str, str | int | None]]:
    """Read the rows of `systemctl list-units --plain --no-legend`.

    Raises:
        NotObservedError: a line has another form.
    """
    for line in filter(str.strip, listing.splitlines()):
        parts = line.split(None, 4)
        if len(parts) < 4:  # noqa: PLR2004 - the description may be empty
            message = f"systemctl gave a line of an unknown form: {line[:80]!r}"
            raise NotObservedError(message)
        name, load, active, sub = parts[:4]
        yield {
            "id": name,
            "load_state": load,
            "active_state": active,
            "sub_state": sub,
            "description": parts[4].strip() if len(parts) > 4 else "",  # noqa: PLR2004 - the same
            "object_path": object_path(name),
        }


def file_states(listing: str) -> dict[str, str]:
    """Read the states of `systemctl list-unit-files --plain --no-legend` by unit name. Raises as `loaded_units`."""
    found = {}
    for line in filter(str.strip, listing.splitlines()):
        name, *rest = line.split()
        if not rest:
            message = f"systemctl gave a line of an unknown form: {line[:80]!r}"
            raise NotObservedError(message)
        found[name] = rest[0]
    return found


def object_path(name: str) -> str:
    """Give the D-Bus object path of a unit: every character but letters and digits as _ and two hexadecimal digits."""
    escaped = "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"_{byte:02x}" for byte in name.encode())  # noqa: PLR2004 - ASCII
    return f"/org/freedesktop/systemd1/unit/{escaped}"


def _places(host: Host) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for name in host.names(folder):
            found.setdefault(name, f"{folder}/{name}")
    return found


def _not_loaded(name: str, state: str) -> dict[str, str | int | None]:
    load = "masked" if state.startswith("masked") else "loaded"
    return {"id": name, "load_state": load, "active_state": "inactive", "sub_state": "dead", "object_path": object_path(name)}


def _from_file(unit: UnitFile) -> Row:
    load = "masked" if unit.state.startswith("masked") else "loaded"
    return {
        "id": unit.name,
        "description": unit.description,
        "load_state": "bad-setting" if unit.state == "bad" else load,
        "unit_file_state": unit.state,
        "fragment_path": unit.path,
    }
