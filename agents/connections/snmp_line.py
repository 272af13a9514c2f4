# SPDX-License-Identifier: Apache-2.0
"""A line to one SNMP agent: get, walk and find out what is there, with a limit on everything it may answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyasn1.error import PyAsn1Error
from pyasn1.type import univ
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    ObjectIdentity,
    ObjectType,
    Udp6TransportTarget,
    UdpTransportTarget,
    bulk_cmd,
    get_cmd,
    next_cmd,
)
from pysnmp.proto import errind
from pysnmp.proto.rfc1902 import TimeTicks

from agents.connections import snmp_engine
from agents.connections.snmp_target import Version
from agents.devices.raw import Oid, Ticks
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.connections.snmp_target import SnmpTarget
    from agents.devices.raw import Raw

    Answers = dict[str, Raw]

# One request waits this long, and is sent twice more: cards are slow, and UDP loses packets.
TIMEOUT_SECONDS: Final = 1.5
RETRIES: Final = 2
# Cards answer a packet of 1,400 bytes at least; more variables than this may not fit.
CHUNK: Final = 24
BULK: Final = 24
# What one walk may give: the greatest table met (Rittal CMC III) has 1,800 values in a column's walk of 200.
WALK_LIMIT: Final = 4000
OCTETS_LIMIT: Final = 4096
_TOO_BIG: Final = 1
_NO_SUCH_NAME: Final = 2
_GENERAL_ERROR: Final = 5
_ONE_FAILS_ALL: Final = frozenset({_NO_SUCH_NAME, _GENERAL_ERROR})
_REFUSALS: Final = frozenset({6, 16})  # noAccess, authorizationError


class SnmpLine:
    """Asks one agent; one request at a time."""

    def __init__(self, target: SnmpTarget) -> None:
        self.target = target
        self._transport: Any = None
        self._prepared: dict[tuple[str, ...], list[ObjectType]] = {}
        self._chunk = CHUNK
        self._known: Any = None

    async def get(self, oids: Sequence[str]) -> Answers:
        """Give what the agent has of `oids`; what it does not have is not there.

        Raises:
            NotObservedError: it does not answer, or refuses.
        """
        found: Answers = {}
        for start in range(0, len(oids), self._chunk):
            found |= await self._get(tuple(oids[start : start + self._chunk]))
        return found

    async def present(self, roots: Sequence[str]) -> dict[str, str]:
        """Tell below which of `roots` the agent has anything: root -> the first OID there.

        Raises:
            NotObservedError: it does not answer, or refuses.
        """
        found: dict[str, str] = {}
        for start in range(0, len(roots), CHUNK // 2):
            found |= await self._present(tuple(roots[start : start + CHUNK // 2]))
        return found

    async def walk(self, root: str) -> Answers:
        """Give everything below `root`.

        Raises:
            NotObservedError: the agent does not answer, refuses, gives more than `WALK_LIMIT` values or goes in circles.
        """
        found: Answers = {}
        last = root
        while True:
            rows = await self._bulk(last) if self.target.version is not Version.V1 else await self._step(last)
            for oid, raw in rows:
                if not oid.startswith(f"{root}."):
                    return found
                if raw is None and oid == last:
                    return found  # the end of all it has
                if _arcs(oid) <= _arcs(last):
                    raise NotObservedError(f"{self.target.place} goes in circles below {root}: it is not an SNMP agent to rely on")
                last = oid
                if raw is not None:
                    found[oid] = raw
            if not rows:
                return found
            if len(found) > WALK_LIMIT:
                raise NotObservedError(f"{self.target.place} gives more than {WALK_LIMIT} values below {root}")

    def forget(self) -> None:
        """Ask for the agent's SNMPv3 engine ID, and its name's address, anew."""
        if self._transport is not None and self.target.version is Version.V3:
            snmp_engine.forget(self._engine(), self._transport.TRANSPORT_DOMAIN, self._transport.transport_address)
        self._transport = None

    @property
    def engine(self) -> str:
        """Give the SNMPv3 engine ID the agent answered with, in hexadecimal, "" where none is known."""
        if self._transport is None or self.target.version is not Version.V3:
            return ""
        return snmp_engine.peer(self._engine(), self._transport.TRANSPORT_DOMAIN, self._transport.transport_address)

    async def _get(self, oids: tuple[str, ...]) -> Answers:
        status, index, rows = await self._ask(get_cmd, self._varbinds(oids))
        if status == _TOO_BIG and len(oids) > 1:
            self._chunk = max(1, len(oids) // 2)
            return await self.get(oids)
        if status in _ONE_FAILS_ALL and 0 < index <= len(oids):
            # SNMPv1 refuses all where it lacks one, others where they cannot read one: leave that out and ask again.
            rest = oids[: index - 1] + oids[index:]
            return await self._get(rest) if rest else {}
        if status:
            return {}
        asked = set(oids)
        return {oid: raw for oid, raw in rows if raw is not None and oid in asked}

    async def _present(self, roots: tuple[str, ...]) -> dict[str, str]:
        status, index, rows = await self._ask(next_cmd, self._varbinds(roots))
        if status == _TOO_BIG and len(roots) > 1:
            middle = len(roots) // 2
            return await self._present(roots[:middle]) | await self._present(roots[middle:])
        if status in _ONE_FAILS_ALL and 0 < index <= len(roots):
            rest = roots[: index - 1] + roots[index:]
            return await self._present(rest) if rest else {}
        return {root: oid for root, (oid, _) in zip(roots, rows, strict=False) if oid.startswith(f"{root}.")}

    async def _step(self, oid: str) -> list[tuple[str, Raw | None]]:
        status, _, rows = await self._ask(next_cmd, [ObjectType(ObjectIdentity(oid))])
        return [] if status else rows

    async def _bulk(self, oid: str) -> list[tuple[str, Raw | None]]:
        status, _, rows = await self._ask(bulk_cmd, [ObjectType(ObjectIdentity(oid))], 0, BULK)
        return await self._step(oid) if status else rows

    def _varbinds(self, oids: tuple[str, ...]) -> list[ObjectType]:
        if oids not in self._prepared:
            # Building them costs as much as a poll; a device's polls ask for the same few tuples.
            if len(self._prepared) > CHUNK:
                self._prepared.clear()
            self._prepared[oids] = [ObjectType(ObjectIdentity(oid)) for oid in oids]
        return self._prepared[oids]

    async def _ask(self, command: Any, varbinds: list[ObjectType], *counts: int) -> tuple[int, int, list[tuple[str, Raw | None]]]:
        try:
            transport = await self._reached()
            self._known = self._known or snmp_engine.credentials(self.target)
            trouble, status, index, answered = await command(
                self._engine(),
                self._known,
                transport,
                ContextData(contextName=self.target.context.encode()),
                *counts,
                *varbinds,
                lookupMib=False,
            )
        except (PySnmpError, PyAsn1Error, ValueError, OSError) as error:
            raise NotObservedError(f"{self.target.place} cannot be asked: {_kind(error)}") from error
        if trouble:
            raise NotObservedError(self._said(trouble))
        if int(status) in _REFUSALS:
            raise NotObservedError(f"{self.target.place} does not let us read: its access rights, or the security level")
        return int(status), int(index), [(str(oid), _raw(value)) for oid, value in answered]

    async def _reached(self) -> Any:
        if self._transport is None:
            kind = Udp6TransportTarget if ":" in self.target.address else UdpTransportTarget
            self._transport = await kind.create((self.target.address, self.target.port), timeout=TIMEOUT_SECONDS, retries=RETRIES)
        return self._transport

    def _engine(self) -> Any:
        return snmp_engine.engine(self.target)

    def _said(self, trouble: object) -> str:
        place, version = self.target.place, self.target.version
        if isinstance(trouble, errind.RequestTimedOut):
            if version is Version.V3:
                return f"{place} does not answer SNMP version 3: it is down, unreachable, or a key is wrong"
            return f"{place} does not answer SNMP version {version}: it is down, unreachable, or the community is wrong"
        if isinstance(trouble, _WRONG_AUTH):
            return f"{place} refuses the SNMPv3 authentication key"
        if isinstance(trouble, _WRONG_USER):
            return f"{place} does not know the SNMPv3 user"
        if isinstance(trouble, _WRONG_PRIV):
            return f"{place} refuses the SNMPv3 privacy key"
        return f"{place} answers SNMP version {version} with {_kind(trouble)}"


_WRONG_AUTH: Final = (errind.WrongDigest, errind.AuthenticationFailure, errind.AuthenticationError)
_WRONG_USER: Final = (errind.UnknownUserName, errind.UnknownSecurityName)
_WRONG_PRIV: Final = (errind.DecryptionError, errind.EncryptionError)


def _kind(error: object) -> str:
    # pysnmp's texts may quote what was sent; the kind of trouble cannot hold a secret.
    return type(error).__name__


def _arcs(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))


def _raw(value: Any) -> Raw | None:
    """Turn pysnmp's value into a plain one; None for what has no value (Null, noSuchObject, endOfMibView)."""
    if isinstance(value, univ.Null):  # in pyasn1 a kind of OctetString
        return None
    if isinstance(value, TimeTicks):
        return Ticks(int(value))
    if isinstance(value, univ.Integer):
        return int(value)
    if isinstance(value, univ.OctetString):
        return bytes(value)[:OCTETS_LIMIT]
    if isinstance(value, univ.ObjectIdentifier):
        return Oid(str(value).lstrip("."))
    return None
