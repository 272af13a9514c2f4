# SPDX-License-Identifier: Apache-2.0
"""How the inventory says a PC is reached by WinRM: in the words of Ansible's own connection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents.connections.winrm_target import BASIC, CERTIFICATE, HTTP_PORT, HTTPS_PORT, KERBEROS, NTLM, TRANSPORTS, WinRmTarget
from menshen.access.words import port, text
from menshen.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECTIONS: Final = frozenset({"winrm", "ansible.builtin.winrm"})
# What Ansible's connection calls the same thing.
_OLD_NAMES: Final = {"plaintext": BASIC, "ssl": BASIC}


def target(name: str, variables: Mapping[str, Any], problems: list[str]) -> WinRmTarget:
    """Read address, account and certificates of a PC; what is wrong with them is added to `problems`."""
    default = HTTPS_PORT if text(variables, "ansible_winrm_scheme") in {"", "https"} else HTTP_PORT
    number = port(name, variables, default, problems, "ansible_port", "ansible_winrm_port")
    scheme = _scheme(name, variables, number, problems)
    certificate = _path(text(variables, "ansible_winrm_cert_pem"))
    transport = _transport(name, variables, certificate, problems)
    if transport == BASIC and scheme == "http":
        problems.append(
            say(
                f"{name}: basic over http sends the password for all to read: use ntlm, kerberos, certificate, or https",
                f"{name}：basic 与 http 同用会明文传送密码：请改用 ntlm、kerberos、certificate 或 https",
            )
        )
    return WinRmTarget(
        address=text(variables, "ansible_host", "ansible_winrm_host") or name,
        port=number,
        scheme=scheme,
        path=text(variables, "ansible_winrm_path") or "wsman",
        user=text(variables, "ansible_user", "ansible_winrm_user"),
        password=text(variables, "ansible_password", "ansible_winrm_password", "ansible_winrm_pass"),
        transport=transport,
        validate=text(variables, "ansible_winrm_server_cert_validation") != "ignore",
        ca=_path(text(variables, "ansible_winrm_ca_trust_path")),
        certificate=certificate,
        key=_path(text(variables, "ansible_winrm_cert_key_pem")),
    )


def _scheme(name: str, variables: Mapping[str, Any], number: int, problems: list[str]) -> str:
    given = text(variables, "ansible_winrm_scheme")
    if given in {"http", "https"}:
        return given
    if given:
        problems.append(
            say(
                f"{name}: ansible_winrm_scheme is {given!r}, not http or https",
                f"{name}：ansible_winrm_scheme 为 {given!r}，应为 http 或 https",
            )
        )
    return "http" if number == HTTP_PORT else "https"


def _transport(name: str, variables: Mapping[str, Any], certificate: Path | None, problems: list[str]) -> str:
    given = variables.get("ansible_winrm_transport")
    first = str((given[0] if isinstance(given, list) and given else given) or "").strip().lower()
    chosen = _OLD_NAMES.get(first, first)
    if not chosen:
        user = text(variables, "ansible_user", "ansible_winrm_user")
        return CERTIFICATE if certificate else KERBEROS if "@" in user else NTLM
    if chosen not in TRANSPORTS:
        known = ", ".join(TRANSPORTS)
        problems.append(
            say(
                f"{name}: ansible_winrm_transport is {first!r}, not one of {known}",
                f"{name}：ansible_winrm_transport 为 {first!r}，应为其中之一：{known}",
            )
        )
        return NTLM
    return chosen


def _path(given: str) -> Path | None:
    return Path(given).expanduser() if given else None
