# SPDX-License-Identifier: Apache-2.0
"""The systemd unit of the watch."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from menshen.ansible import ROOT
from menshen.settings import inventory_path

if TYPE_CHECKING:
    from pathlib import Path

_UNIT = """# Menshen's watch of the server room: https://www.freedesktop.org/software/systemd/man/systemd.service.html
[Unit]
Description=Menshen: UPS and climate watch, outage plan
After=network-online.target time-sync.target
Wants=network-online.target
# It must come back whatever happens: no limit on how often.
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={python} -m menshen watch --inventory {inventory}
WorkingDirectory={root}
Environment=PYTHONPATH={root} MENSHEN_STATE=/var/lib/menshen
StateDirectory=menshen
StateDirectoryMode=0700
Restart=always
RestartSec=2
# An action under way outlives the watch, and a new watch finds it.
KillMode=process
OOMScoreAdjust=-900
UMask=0077
ProtectHome=read-only
ProtectSystem=full
PrivateTmp=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictSUIDSGID=yes
LockPersonality=yes

[Install]
WantedBy=multi-user.target
"""


def unit(inventory: Path | None) -> str:
    """Give the unit's text for an inventory (None: the one in the settings)."""
    source = (inventory or inventory_path()).resolve()
    return _UNIT.format(python=_word(sys.executable), inventory=_word(str(source)), root=_word(str(ROOT)))


def _word(path: str) -> str:
    """Quote a path as systemd reads it: % is doubled, blanks stand in quotes (systemd.syntax(7))."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if " " in path else escaped
