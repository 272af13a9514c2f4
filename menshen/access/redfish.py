# SPDX-License-Identifier: Apache-2.0
"""How the inventory says a server's management controller is reached: `ansible_connection: redfish`, and our own words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents.connections.redfish_target import PORT, RedfishTarget
from menshen.access.words import port, text
from menshen.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECTIONS: Final = frozenset({"redfish"})
_DIGEST: Final = re.compile("[0-9a-f]{64}")


def target(name: str, kind: str, variables: Mapping[str, Any], problems: list[str]) -> RedfishTarget:
    """Read address, account and certificate of a controller; what is wrong with them is added to `problems`."""
    fingerprint = text(variables, "menshen_redfish_fingerprint").replace(":", "").lower()
    if fingerprint and not _DIGEST.fullmatch(fingerprint):
        problems.append(
            say(
                f"{name}: menshen_redfish_fingerprint is no SHA-256 (64 hexadecimal digits)",
                f"{name}：menshen_redfish_fingerprint 不是 SHA-256（64 位十六进制）",
            )
        )
    ca = text(variables, "menshen_redfish_ca")
    return RedfishTarget(
        address=text(variables, "ansible_host") or name,
        port=port(name, variables, PORT, problems, "ansible_port"),
        user=text(variables, "ansible_user"),
        password=text(variables, "ansible_password"),
        ca=Path(ca) if ca else None,
        fingerprint=fingerprint,
        system=text(variables, "menshen_redfish_system"),
        kind=kind,
    )
