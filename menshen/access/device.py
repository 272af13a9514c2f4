# SPDX-License-Identifier: Apache-2.0
"""How the inventory says a UPS or a sensor is reached: menshen_address with menshen_snmp or menshen_nut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from agents.connections import nut_target, snmp_target
from agents.connections.device import DeviceTarget
from agents.connections.nut_target import NutTarget
from agents.connections.snmp_target import Auth, Priv, SnmpTarget, Version
from menshen.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

KINDS: Final = frozenset({"ups", "sensor"})
SNMP_WORDS: Final = frozenset({"port", "version", "community", "user", "auth", "auth_key", "priv", "priv_key", "context"})
NUT_WORDS: Final = frozenset({"port", "name", "user", "password"})
_PORTS: Final = range(1, 65536)
_KEY_LENGTH: Final = 8  # RFC 3414 11.2
# What people write for the same thing; net-snmp's words are among them.
_SPELLINGS: Final = {
    "2": "2c",
    "SHA1": "SHA",
    "SHA-1": "SHA",
    "SHA2": "SHA256",
    "AES128": "AES",
    "AES-128": "AES",
    "AES-192": "AES192",
    "AES-256": "AES256",
    "SHA-224": "SHA224",
    "SHA-256": "SHA256",
    "SHA-384": "SHA384",
    "SHA-512": "SHA512",
    "NONE": "",
}

S = TypeVar("S", bound="StrEnum")


def target(name: str, kind: str, variables: Mapping[str, Any], problems: list[str]) -> DeviceTarget | None:
    """Read the way to a device; None where none is written. What is wrong with it is added to `problems`, without secrets."""
    snmp, nut = variables.get("menshen_snmp"), variables.get("menshen_nut")
    if snmp is None and nut is None:
        return None
    if snmp is not None and nut is not None:
        problems.append(
            say(f"{name}: give menshen_snmp or menshen_nut, not both", f"{name}：menshen_snmp 与 menshen_nut 只能填写一项")
        )
        return None
    if nut is not None and kind != "ups":
        problems.append(say(f"{name}: menshen_nut is for a UPS only", f"{name}：menshen_nut 仅用于 UPS"))
        return None
    words = snmp if snmp is not None else nut
    variable = "menshen_snmp" if snmp is not None else "menshen_nut"
    known = SNMP_WORDS if snmp is not None else NUT_WORDS
    if not isinstance(words, dict) or not known.issuperset(words):
        listed = " ".join(sorted(known))
        problems.append(
            say(f"{name}: {variable} must be a mapping of {listed}", f"{name}：{variable} 应为映射，可用的键：{listed}")
        )
        return None
    address = str(variables.get("menshen_address") or variables.get("ansible_host") or name).strip()
    line = _snmp(name, address, words, problems) if snmp is not None else _nut(name, address, words, problems)
    return DeviceTarget(
        name,
        kind,
        line,
        serves=_list(variables.get("menshen_serves")),
        place=_text(variables.get("menshen_place")),
        contract_until=_day(name, variables.get("menshen_contract_until"), problems),
    )


def _snmp(name: str, address: str, words: Mapping[str, Any], problems: list[str]) -> SnmpTarget:
    version = _choice(name, "version", Version, words.get("version", "2c"), problems) or Version.V2C
    made = SnmpTarget(
        address,
        port=_port(name, "menshen_snmp", words, snmp_target.PORT, problems),
        version=version,
        community=_secret(words.get("community", "public")),
        user=_text(words.get("user")),
        auth=_choice(name, "auth", Auth, words.get("auth", ""), problems) or Auth.NONE,
        auth_key=_secret(words.get("auth_key")),
        priv=_choice(name, "priv", Priv, words.get("priv", ""), problems) or Priv.NONE,
        priv_key=_secret(words.get("priv_key")),
        context=_text(words.get("context")),
    )
    if version is Version.V3:
        _check_v3(name, made, problems)
    return made


def _check_v3(name: str, made: SnmpTarget, problems: list[str]) -> None:
    if not made.user:
        problems.append(say(f"{name}: SNMP version 3 needs a user", f"{name}：SNMP v3 须填写 user"))
    if made.priv and not made.auth:
        problems.append(say(f"{name}: SNMPv3 priv needs auth too", f"{name}：SNMP v3 填写 priv 时须同时填写 auth"))
    for word, protocol, key in (("auth_key", made.auth, made.auth_key), ("priv_key", made.priv, made.priv_key)):
        if protocol and len(key) < _KEY_LENGTH:
            problems.append(
                say(
                    f"{name}: {word} has fewer than {_KEY_LENGTH} characters; SNMPv3 allows none so short",
                    f"{name}：{word} 不足 {_KEY_LENGTH} 个字符，SNMP v3 不允许",
                )
            )


def _nut(name: str, address: str, words: Mapping[str, Any], problems: list[str]) -> NutTarget:
    return NutTarget(
        address,
        port=_port(name, "menshen_nut", words, nut_target.PORT, problems),
        ups=_text(words.get("name")) or "ups",
        user=_text(words.get("user")),
        password=_secret(words.get("password")),
    )


def _choice(name: str, word: str, kinds: type[S], value: object, problems: list[str]) -> S | None:
    said = _text(value)
    for spelled in (said, said.upper(), said.removeprefix("v")):
        try:
            return kinds(_SPELLINGS.get(spelled, spelled))
        except ValueError:
            continue
    listed = " ".join(one.value for one in kinds if one.value)
    problems.append(
        say(f"{name}: {word} of menshen_snmp is not one of {listed}", f"{name}：menshen_snmp 的 {word} 应为其中之一：{listed}")
    )
    return None


def _port(name: str, variable: str, words: Mapping[str, Any], usual: int, problems: list[str]) -> int:
    said = _text(words.get("port")) or str(usual)
    if said.isascii() and said.isdigit() and int(said) in _PORTS:
        return int(said)
    problems.append(
        say(f"{name}: port of {variable} is {said!r}, no port number", f"{name}：{variable} 的 port 为 {said!r}，不是端口号")
    )
    return usual


def _day(name: str, value: object, problems: list[str]) -> int | None:
    """Read a date; the contract runs to the end of that day (UTC)."""
    if not _text(value):
        return None
    try:
        day = datetime.fromisoformat(_text(value)).replace(tzinfo=UTC)
    except ValueError:
        problems.append(
            say(
                f"{name}: menshen_contract_until is no date: write YYYY-MM-DD",
                f"{name}：menshen_contract_until 不是日期：请写为 YYYY-MM-DD",
            )
        )
        return None
    return int((day + timedelta(days=1)).timestamp()) - 1


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _secret(value: object) -> str:
    return "" if value is None else str(value)


def _list(value: object) -> str:
    return ",".join(str(one).strip() for one in value) if isinstance(value, list | tuple) else _text(value)
