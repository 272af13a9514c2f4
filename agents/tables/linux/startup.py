# SPDX-License-Identifier: Apache-2.0
"""What starts by itself: with a desktop session (XDG autostart) or with the system (systemd)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.source import Ask
from agents.tables.linux import text_files
from agents.tables.linux.homes import homes, names
from agents.tables.linux.systemd import systemd_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Row

SYSTEM: Final = "/etc/xdg/autostart"
UNIT_COLUMNS: Final = frozenset({"id", "unit_file_state", "active_state", "fragment_path"})


def startup_items(host: Host, ask: Ask) -> Iterator[Row]:
    """Give autostart entries of the system (username empty) and of accounts, and the enabled units of systemd.

    `status` of an entry is enabled or disabled; of a unit its active state, empty where nobody can tell.

    Raises:
        NotObservedError: a home cannot be read (root may), or systemd does not answer.
    """
    yield from _folder(host, SYSTEM, "")
    for _, username, home in homes(host, ask):
        yield from _folder(host, f"{home}/.config/autostart", username)
    for unit in systemd_units(host, Ask(UNIT_COLUMNS)):
        if str(unit["unit_file_state"]).startswith("enabled"):
            place = unit["fragment_path"]
            status = unit.get("active_state") or ""
            yield {
                "name": unit["id"],
                "path": place,
                "args": "",
                "type": "systemd unit",
                "source": place,
                "status": status,
                "username": "",
            }


def _folder(host: Host, folder: str, username: str) -> Iterator[Row]:
    for name in names(host, folder):
        if not name.endswith(".desktop"):
            continue
        source = f"{folder}/{name}"
        entry = _entry(host, source)
        off = entry.get("Hidden", "").lower() == "true" or entry.get("X-GNOME-Autostart-enabled", "").lower() == "false"
        path, _, args = entry.get("Exec", "").partition(" ")
        yield {
            "name": entry.get("Name") or name,
            "path": path,
            "args": args.strip(),
            "type": "Startup Item",
            "source": source,
            "status": "disabled" if off else "enabled",
            "username": username,
        }


def _entry(host: Host, path: str) -> dict[str, str]:
    """Read the main group of a desktop entry."""
    found: dict[str, str] = {}
    inside = False
    for _, line in text_files.lines(host, path):
        text = line.strip()
        if text.startswith("["):
            inside = text == "[Desktop Entry]"
        elif inside and "=" in text and not text.startswith("#"):
            key, _, value = text.partition("=")
            found.setdefault(key.strip(), value.strip())
    return found
