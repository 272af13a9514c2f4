# SPDX-License-Identifier: Apache-2.0
"""Choose what the firmware of a host must hold, by the same call as an audit, and the passwords from the vault."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from menshen import clock
from menshen.enforcement import enforcement
from menshen.inventory import grants, subject_of
from menshen.language import say
from menshen.trouble import TroubleError
from policies import firmware
from policies.catalogue import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from menshen.enforcement import Enforcement

MECHANISM: Final = "firmware"
VERSION: Final = "menshen_firmware_password_version"
PASSWORDS: Final = "menshen_firmware_passwords"
SECRET: Final = "menshen_firmware_site_secret"  # noqa: S105 - the name of a variable
ASSET: Final = "menshen_asset"
# Letters and digits that every keyboard layout has in one place and no eye confuses; firmware often reads scan codes.
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH: Final = 16
SHORTEST_SECRET: Final = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be in the firmware of one host; `passwords` is version -> password and never shown (`repr` leaves it out)."""

    settings: tuple[Mapping[str, Any], ...]
    version: str
    passwords: Mapping[str, str] = field(repr=False)
    open: tuple[Mapping[str, str], ...] = ()
    excepted: tuple[Mapping[str, str], ...] = ()

    def to_module(self) -> dict[str, Any]:
        """Give the module's arguments."""
        return {"settings": [dict(one) for one in self.settings], "version": self.version, "passwords": dict(self.passwords)}


def derive(secret: str, machine: str, version: str) -> str:
    """Derive the password of one machine from the site's secret: HMAC-SHA256 in counter mode, letters drawn without bias.

    Block n is HMAC(secret, "menshen firmware password 1" LF machine LF version LF n); bytes of 248 and above are dropped,
    the others taken modulo 31 as places in `ALPHABET`, until there are 16 (79 bits). Documented in docs/en/firmware.md.
    """
    found: list[str] = []
    block = 0
    while len(found) < LENGTH:
        text = f"menshen firmware password 1\n{machine}\n{version}\n{block}".encode()
        digest = hmac.new(secret.encode(), text, hashlib.sha256).digest()
        # 248 is the largest multiple of 31 that a byte can reach.
        found += [ALPHABET[byte % len(ALPHABET)] for byte in digest if byte < 256 - 256 % len(ALPHABET)]
        block += 1
    return "".join(found[:LENGTH])


def of_host(name: str, variables: Mapping[str, Any], controls: tuple[str, ...] = ()) -> Wanted:
    """Choose for a host as Ansible knows it.

    Raises:
        TroubleError: the passwords are not given as documented; the host, a baseline or a control is not described rightly.
        CatalogueError: the catalogue, an exception or a value is refused.
    """
    catalogue = load()
    subject = subject_of(name, ("all", *variables.get("group_names", ())), variables)
    folder = variables.get("inventory_dir")
    live = grants(Path(folder), catalogue) if folder else ()
    chosen = enforcement(catalogue, subject, live, date.fromisoformat(clock.now()[:10]), controls)
    return wanted(name, chosen, variables)


def wanted(name: str, chosen: Enforcement, variables: Mapping[str, Any]) -> Wanted:
    """Turn the chosen controls into settings by every name a maker gives them, and the password's version."""
    settings = tuple(_settings(chosen))
    asked = [step for step in _steps(chosen) if step.get("password")]
    version, lacking = str(variables.get(VERSION) or ""), []
    if asked and not version:
        why = f"set {VERSION} and, in the vault, {PASSWORDS} or {SECRET}"
        lacking = [{"control": step["control"], "setting": "administrator password", "why": why} for step in asked]
    passwords = _passwords(name, variables, version) if version else {}
    excepted = tuple(
        {"control": one.control, "exception": one.exception, "until": one.until}
        for one in chosen.skipped
        if any(step["mechanism"] == MECHANISM for step in load(whole=False).controls[one.control].kinds["linux"].enforce)
    )
    return Wanted(settings, version if asked else "", passwords, tuple(lacking), excepted)


def _steps(chosen: Enforcement) -> Iterator[dict[str, Any]]:
    for control in chosen.controls:
        for step in control.enforce:
            if step["mechanism"] == MECHANISM:
                yield {"control": control.control, **step}


def _settings(chosen: Enforcement) -> Iterator[dict[str, Any]]:
    for step in _steps(chosen):
        for name in firmware.names():
            if name.use in step.get("uses", ()):
                # Which of these names the machine has, its own driver knows best.
                yield {
                    "control": step["control"],
                    "setting": name.setting,
                    "wanted": name.wanted.split(";"),
                    "vendor": name.vendor,
                    "model": name.model,
                }


def _passwords(name: str, variables: Mapping[str, Any], version: str) -> dict[str, str]:
    """Give version -> password: those written down, and those derived for the versions in `menshen_firmware_former_versions`."""
    written = variables.get(PASSWORDS) or {}
    if not isinstance(written, dict) or not all(isinstance(one, str) and one for one in written.values()):
        raise TroubleError(
            say(
                f"{name}: {PASSWORDS} must be a mapping: version -> password in quotes",
                f"{name}：{PASSWORDS} 应为映射：版本 -> 带引号的密码",
            )
        )
    found = {str(key): str(one) for key, one in written.items()}
    secret = variables.get(SECRET)
    if secret:
        if not isinstance(secret, str) or len(secret) < SHORTEST_SECRET:
            raise TroubleError(
                say(
                    f"{name}: {SECRET} must be a text of at least {SHORTEST_SECRET} characters",
                    f"{name}：{SECRET} 应为至少 {SHORTEST_SECRET} 个字符的文本",
                )
            )
        machine = str(variables.get(ASSET) or name)
        former = variables.get("menshen_firmware_former_versions") or []
        for one in [version, *map(str, former)]:
            found.setdefault(one, derive(secret, machine, one))
    if version not in found:
        raise TroubleError(
            say(
                f"{name}: {VERSION} is {version}, and the vault has no such password ({PASSWORDS}, {SECRET})",
                f"{name}：{VERSION} 为 {version}，但保险库中没有该版本的密码（{PASSWORDS}、{SECRET}）",
            )
        )
    return found
