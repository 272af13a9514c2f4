# SPDX-License-Identifier: Apache-2.0
"""pysnmp's engines: one for all agents of an event loop, since each takes 0.4 MB that is never given back.

Only two SNMPv3 users of one name with different keys need two: an engine keeps its users by name.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    SnmpEngine,
    UsmUserData,
    usmAesCfb128Protocol,
    usmAesCfb192Protocol,
    usmAesCfb256Protocol,
    usmDESPrivProtocol,
    usmHMAC128SHA224AuthProtocol,
    usmHMAC192SHA256AuthProtocol,
    usmHMAC256SHA384AuthProtocol,
    usmHMAC384SHA512AuthProtocol,
    usmHMACMD5AuthProtocol,
    usmHMACSHAAuthProtocol,
    usmNoAuthProtocol,
    usmNoPrivProtocol,
)

from agents.connections.snmp_target import Auth, Priv, Version

if TYPE_CHECKING:
    from collections.abc import Hashable

    from agents.connections.snmp_target import SnmpTarget

_AUTH: Final = {
    Auth.NONE: usmNoAuthProtocol,
    Auth.MD5: usmHMACMD5AuthProtocol,
    Auth.SHA: usmHMACSHAAuthProtocol,
    Auth.SHA224: usmHMAC128SHA224AuthProtocol,
    Auth.SHA256: usmHMAC192SHA256AuthProtocol,
    Auth.SHA384: usmHMAC256SHA384AuthProtocol,
    Auth.SHA512: usmHMAC384SHA512AuthProtocol,
}
_PRIV: Final = {
    Priv.NONE: usmNoPrivProtocol,
    Priv.DES: usmDESPrivProtocol,
    Priv.AES: usmAesCfb128Protocol,
    Priv.AES192: usmAesCfb192Protocol,
    Priv.AES256: usmAesCfb256Protocol,
}
_MODELS: Final = {Version.V1: 0, Version.V2C: 1}
_SNMP_V3: Final = 3

_engines: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Any]] = WeakKeyDictionary()


def credentials(target: SnmpTarget) -> CommunityData | UsmUserData:
    """Give what pysnmp proves itself with.

    Raises:
        ValueError: a key is shorter than SNMPv3 allows (8 characters).
    """
    if target.version is not Version.V3:
        return CommunityData(target.community, mpModel=_MODELS[target.version])
    return UsmUserData(
        target.user,
        authKey=target.auth_key or None,
        privKey=target.priv_key or None,
        authProtocol=_AUTH[target.auth],
        privProtocol=_PRIV[target.priv],
    )


def engine(target: SnmpTarget) -> SnmpEngine:
    """Give the running loop's engine for a target."""
    users = _engines.setdefault(asyncio.get_running_loop(), {})
    keys: Hashable = (target.auth, target.auth_key, target.priv, target.priv_key)
    who: Hashable = None
    if target.version is Version.V3 and users.setdefault(("first", target.user), keys) != keys:
        who = (target.user, keys)
    if who not in users:
        users[who] = SnmpEngine()
    return users[who]


def close() -> None:
    """Close the running loop's engines."""
    for one in _engines.pop(asyncio.get_running_loop(), {}).values():
        if isinstance(one, SnmpEngine):
            one.close_dispatcher()


def peer(of: SnmpEngine, domain: tuple[int, ...], address: Any) -> str:
    """Give the SNMPv3 engine ID an agent answered with, in hexadecimal; "" where none is known."""
    found = _model(of).get_peer_engine_info(domain, address)[0]
    return bytes(found).hex() if found else ""


def forget(of: SnmpEngine, domain: tuple[int, ...], address: Any) -> None:
    """Forget an agent's engine ID, so that the next request asks for it.

    pysnmp keeps it for 300 seconds whatever happens, so an agent whose card was swapped would be silent for as long; it has
    no call for this, and an engine of its own for each doubt would never be given back.
    """
    model = _model(of)
    known: dict[Any, Any] = model._SnmpV3MessageProcessingModel__engineIdCache  # noqa: SLF001 - see above
    ending: dict[int, list[Any]] = model._SnmpV3MessageProcessingModel__engineIdCacheExpQueue  # noqa: SLF001 - see above
    known.pop((domain, address), None)
    for listed in ending.values():
        while (domain, address) in listed:
            listed.remove((domain, address))


def _model(of: SnmpEngine) -> Any:
    return of.message_processing_subsystems[_SNMP_V3]
