# SPDX-License-Identifier: Apache-2.0
"""A Windows PC as its tables see it: registry, policies and objects, brought in as few visits as possible."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from agents.source import NotObservedError
from agents.windows.batch import Order
from agents.windows.hive import Hive, Key, Value
from agents.windows.roots import ROOTS, USER_ROOTS
from policies.formats import auditpol, inf, reg
from policies.formats.registry import FormatError, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agents.windows.batch import Parcel
    from policies.verdict import Cell

# COM and Win32 codes for "you may not", and for a WMI namespace or class that this Windows has not.
_DENIED: Final = frozenset({-2147024891, -2147217405, 5})
_NATIVE_DENIED: Final = 2
_ABSENT: Final = frozenset({-2147217394, -2147217392})
_NATIVE_ABSENT: Final = frozenset({3, 5})
T = TypeVar("T")


@dataclass(slots=True)
class Pc:
    """Brings what tables ask for with `visit`, once."""

    visit: Callable[[Order], Parcel]
    _hive: Hive | None = None
    _files: Mapping[str, bytes] = field(default_factory=dict)
    _objects: dict[str, Any] = field(default_factory=dict)
    _report: Mapping[str, Any] = field(default_factory=dict)

    def prepare(self, objects: Iterable[str], *, exports: bool) -> None:
        """Bring some objects, and the registry and policies, in one visit. Raises NotObservedError."""
        self._bring(
            Order(exports=exports and self._hive is None, objects=tuple(one for one in objects if one not in self._objects))
        )

    @property
    def hive(self) -> Hive:
        """Give the registry."""
        if self._hive is None:
            self._bring(Order(exports=True))
        assert self._hive is not None  # noqa: S101 - the visit has made it
        return self._hive

    def file(self, name: str) -> bytes:
        """Give an exported file.

        Raises:
            NotObservedError: the PC has not exported it.
        """
        if self._hive is None:
            self._bring(Order(exports=True))
        if name not in self._files:
            if not self.administrator:
                raise NotObservedError(f"the PC did not export {name}: the account is no administrator there")
            raise NotObservedError(f"the PC did not export {name}")
        return self._files[name]

    def policy(self) -> inf.Template:
        """Give the security policy, section by section."""
        return _read(inf.load, self.file("policy.inf"), "policy.inf")

    def audit(self) -> dict[str, int]:
        """Give the audit policy by GUID."""
        return _read(auditpol.load, self.file("audit.csv"), "audit.csv")

    def objects(self, name: str) -> list[dict[str, Any]]:
        """Give the objects of a script; a Windows that has no such thing has none.

        Raises:
            NotObservedError: the PC did not give them.
        """
        if name not in self._objects:
            self._bring(Order(objects=(name,)))
        return _rows(self._objects.get(name), name)

    def ask(self, name: str, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Run a script with data of a query; nothing of it is kept."""
        return _rows(self.visit(Order(objects=(name,), arguments=arguments)).objects.get(name), name)

    def single(self, path: str) -> Key | str | None:
        """Read one key anew, by itself: None where it is missing, the reason where it is closed."""
        return self._fetch([path]).get(path)

    @property
    def administrator(self) -> bool:
        """Tell whether whoever looks may see everything."""
        return self._report.get("administrator") is True

    @property
    def now(self) -> int:
        """Give the PC's own clock, Unix seconds."""
        if not self._report:
            self._bring(Order(exports=True))
        now = self._report.get("now")
        if not isinstance(now, int):
            raise NotObservedError("the PC does not tell the time")
        return now

    def _bring(self, order: Order) -> None:
        parcel = self.visit(order)
        self._objects.update(parcel.objects)
        self._report = self._report or parcel.report
        if order.exports:
            self._files = parcel.files
            self._hive = hive_of(parcel, self._fetch)

    def _fetch(self, paths: list[str]) -> Mapping[str, Key | str | None]:
        return dict(map(_single, self.visit(Order(keys=tuple(paths))).keys))


def hive_of(parcel: Parcel, fetch: Callable[[list[str]], Mapping[str, Key | str | None]] | None = None) -> Hive:
    """Put together what was exported and what was read key by key."""
    hive = Hive(fetch)
    roots = parcel.report.get("roots") or {}
    for number, root in enumerate(ROOTS):
        content = parcel.files.get(f"r{number}.reg")
        if content is not None:
            _take_export(hive, root, content)
        elif roots.get(root) == "missing":
            hive.whole(root)
        elif roots.get(root) == "denied":
            hive.close(root, _denied(root))
        else:
            reason = f"{root} was not exported"
            hive.close(root, reason)
    for path, found in map(_single, parcel.keys):
        if isinstance(found, str):
            hive.close(path, found)
        else:
            hive.add(path, found)
    _take_users(hive, parcel)
    return hive


def _take_users(hive: Hive, parcel: Parcel) -> None:
    loaded = hive.key("HKEY_USERS") if hive.knows("HKEY_USERS") else None
    for sid in loaded.subkeys.values() if loaded else ():
        for number, below in enumerate(USER_ROOTS):
            root = rf"HKEY_USERS\{sid}\{below}"
            content = parcel.files.get(f"u{number}-{sid}.reg".lower())
            if content is not None:
                _take_export(hive, root, content)
            elif parcel.report.get("administrator") is True:
                # Every loaded hive is open to an administrator: what was not exported is not there.
                hive.whole(root)


def _take_export(hive: Hive, root: str, content: bytes) -> None:
    try:
        blocks = reg.load(content)
    except FormatError as error:
        reason = f"the export of {root} cannot be read: {error}"
        hive.close(root, reason)
        return
    known: dict[str, Key] = {}
    for block in blocks:
        key = known.setdefault(block.key.lower(), Key())
        key.values += [Value(one.name, one.type_name, shown(one)) for one in block.settings]
        parent, _, name = block.key.rpartition("\\")
        if parent.lower() in known:
            known[parent.lower()].subkeys[name.lower()] = name
        hive.add(block.key, key)
    hive.whole(root)


def shown(one: Setting) -> Cell:
    """Give a value's data as osquery writes it: numbers in decimal, several texts with commas, bytes in capital hex."""
    value = one.value
    if isinstance(value, int):
        return str(value - (1 << 32) if one.type_name == "REG_DWORD" and value >= 1 << 31 else value)
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, bytes):
        return "(zero-length binary value)" if one.type_name == "REG_NONE" else value.hex().upper()
    return value


def _denied(what: str) -> str:
    return f"{what} cannot be read: the account is no administrator there"


def _single(answer: Any) -> tuple[str, Key | str | None]:
    path, state = answer["path"], answer["state"]
    if state == "missing":
        return path, None
    if state != "there":
        return path, _denied(path)
    values = [_value(path, one) for one in answer.get("values") or ()]
    return path, Key({name.lower(): name for name in answer.get("subkeys") or ()}, values)


def _value(path: str, answer: Any) -> Value:
    kind, data = answer["kind"], answer["data"]
    one = Setting(path, answer["name"], max(kind, 0), b"")
    if isinstance(data, list):
        return Value(one.name, one.type_name, ",".join(map(str, data)))
    if one.type_name in {"REG_SZ", "REG_EXPAND_SZ", "REG_DWORD", "REG_QWORD"}:
        return Value(one.name, one.type_name, "" if data is None else str(data))
    try:
        content = base64.b64decode(data or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        content = b""
    return Value(one.name, one.type_name, shown(Setting(path, one.name, one.type, content)))


def _read(load: Callable[[bytes], T], content: bytes, name: str) -> T:
    try:
        return load(content)
    except FormatError as error:
        raise NotObservedError(f"the exported {name} cannot be read: {error}") from error


def _rows(answer: Any, name: str) -> list[dict[str, Any]]:
    if isinstance(answer, dict) and isinstance(answer.get("rows"), list):
        rows: Iterable[Any] = answer["rows"]
        return [row for row in rows if isinstance(row, dict)]
    fault = answer.get("fault") if isinstance(answer, dict) else None
    if not isinstance(fault, dict):
        raise NotObservedError(f"the PC gave no answer to {name}")
    code, native = fault.get("code"), fault.get("native")
    if code in _ABSENT or native in _NATIVE_ABSENT:
        return []
    if code in _DENIED or native == _NATIVE_DENIED:
        raise NotObservedError(_denied(name))
    kind = f"{fault.get('type')} {code}"
    raise NotObservedError(f"{name} failed on the PC: {kind}")
