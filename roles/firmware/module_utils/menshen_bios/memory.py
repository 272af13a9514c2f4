# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host remembers of its firmware: which version of the password was set, and how often a wrong one was tried."""

from __future__ import annotations

import json
import os
import tempfile
import time

FOLDER = "var/lib/menshen/firmware"


class Memory:
    """Two small files, written whole or not at all and flushed to the disk before anything else happens."""

    def __init__(self, root: str) -> None:
        self.folder = os.path.join(root, FOLDER)
        self.machine = _read_text(os.path.join(root, "sys/class/dmi/id/product_uuid"))

    def marker(self) -> dict[str, str]:
        """Give the marker: `state` (set, changing), `version`, `before` (the version before, or ""), `machine`; {} where none."""
        found = self._load("marker.json")
        moved = found.get("machine") and self.machine and found["machine"].lower() != self.machine.lower()
        # A disk that came from another machine knows nothing of this one's firmware.
        return {} if moved else found

    def mark(self, state: str, version: str, before: str) -> None:
        """Write the marker."""
        self._save("marker.json", {"state": state, "version": version, "before": before})

    def forget(self) -> None:
        """Take the marker away: nothing of ours is set."""
        try:
            os.unlink(os.path.join(self.folder, "marker.json"))
        except FileNotFoundError:
            return
        self._flush()

    def tries(self) -> dict:
        """Give `count`, the passwords refused since the last right one; `cuts`, the tries of which no end was seen; `begun`."""
        found = self._load("tries.json")
        numbers = {name: found.get(name) if isinstance(found.get(name), int) else 0 for name in ("count", "cuts")}
        return {**numbers, "begun": found.get("begun") is True}

    def spent(self, limit: int) -> bool:
        """Tell whether no further try is allowed: as many refused, or as many cut off in the middle."""
        found = self.tries()
        return found["count"] >= limit or found["cuts"] + found["begun"] >= limit

    def begin(self) -> None:
        """Remember a try before it is made: one that a power cut ends is counted apart, for nobody knows how it went."""
        found = self.tries()
        self._save("tries.json", {"count": found["count"], "cuts": found["cuts"] + found["begun"], "begun": True})

    def ended(self, refused: bool) -> None:
        """Remember how a try ended that says nothing about the ones before."""
        found = self.tries()
        self._save("tries.json", {"count": found["count"] + refused, "cuts": found["cuts"], "begun": False})

    def forget_tries(self) -> None:
        """Count anew: a password was right, or someone has looked."""
        self._save("tries.json", {"count": 0, "cuts": 0, "begun": False})

    def _load(self, name: str) -> dict:
        try:
            found = json.loads(_read_text(os.path.join(self.folder, name)) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _save(self, name: str, document: dict) -> None:
        os.makedirs(self.folder, mode=0o755, exist_ok=True)
        content = {**document, "machine": self.machine, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        descriptor, beside = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(content, stream, sort_keys=True)
            stream.flush()
            os.fchmod(stream.fileno(), 0o644)
            os.fsync(stream.fileno())
        os.replace(beside, os.path.join(self.folder, name))
        self._flush()

    def _flush(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read().strip()
    except OSError:
        return ""
