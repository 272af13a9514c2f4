# SPDX-License-Identifier: Apache-2.0
"""What stands for Menshen's own collecting script: the same order, answered from the PC's files, registry and recordings.

The registry is asked through the PC's own reg.exe, so that in Wine it is Wine's. Objects, which Wine has not, come from a
test; those it does not bring are answered as Windows answers whoever has no right.
"""

from __future__ import annotations

import base64
import io
import json
import re
import time
import zipfile
from typing import TYPE_CHECKING

from agents.windows import scripts
from policies.formats import reg
from wsman.machine import Done

if TYPE_CHECKING:
    from wsman.machine import Machine

_DENIED = {"fault": {"type": "System.UnauthorizedAccessException", "code": -2147024891, "native": 0}}

_TIMES = {"size": 7, "mtime": 1_700_000_000, "atime": 1_700_000_000, "btime": 1_600_000_000}


def install(machine: Machine, objects: dict[str, list[dict]], *, now: int | None = None, closed: tuple[str, ...] = ()) -> None:
    """Let a PC answer the script: with these objects, its clock at `now`, and these keys closed to whoever asks."""

    def answer(pc: Machine, _params: dict, stdin: bytes) -> Done:
        order = json.loads(stdin)
        sent = {name: scripts.text(f"objects/{name}") for name in order["scripts"]}
        if order["main"] != scripts.text("collect") or order["scripts"] != sent:
            return pc.refuse("a script that is none of Menshen's")
        return Done(0, b"\nmenshen:" + base64.b64encode(_parcel(pc, order, objects, now or int(time.time()), closed)) + b"\n")

    machine.scripts[scripts.boot()] = answer


def _parcel(pc: Machine, order: dict, objects: dict, now: int, closed: tuple[str, ...]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        folder = pc.expand(order["folder"]) if order["folder"] else None
        names = pc.listed(folder) if folder else []
        exported = {root: f"r{number}.reg" in names for number, root in enumerate(order["roots"])}
        roots = {root: _state(root, closed, there=there) for root, there in exported.items()}
        report = {"administrator": pc.rights == "all", "now": now, "roots": roots}
        archive.writestr("report.json", json.dumps(report))
        archive.writestr("keys.json", json.dumps({"keys": _keys(pc, order["keys"], closed)}))
        for name in order["scripts"]:
            known = {"files": _files(pc, order["arguments"]), **objects} if name == "files" else objects
            given = {"rows": known[name]} if name in known and pc.rights == "all" else _DENIED
            archive.writestr(f"objects/{name}.json", json.dumps(given))
        for name in names:
            archive.writestr(f"files/{name}", pc.read(rf"{folder}\{name}"))
    return packed.getvalue()


def _files(pc: Machine, wanted: dict) -> list[dict]:
    """Answer as the script does, from the files that a test gave the PC (`Machine.tree`)."""
    forms = [re.escape(path) for path in wanted["paths"]]
    for pattern in wanted["patterns"]:
        below = pattern.endswith("%%")
        form = re.escape(pattern.removesuffix("%%")).replace("%", r"[^\\]*")
        forms.append(f"{form}.*" if below else form)
    found = [path for path in pc.tree if any(re.fullmatch(form, path, re.IGNORECASE) for form in forms)]
    return [{"path": path, "attributes": 32 if pc.tree[path] else 16, "folder": not pc.tree[path], **_TIMES} for path in found]


def _state(path: str, closed: tuple[str, ...], *, there: bool) -> str:
    return "denied" if path in closed else "there" if there else "missing"


def _keys(pc: Machine, paths: list[str], closed: tuple[str, ...]) -> list[dict]:
    """Export all keys by one batch of the PC's commands, since each start of Wine takes a quarter of a second."""
    lines = [f'reg export "{path}" C:\\Temp\\k{at}.reg /y >nul 2>nul' for at, path in enumerate(paths) if "\\" in path]
    pc.native("\r\n".join(lines))
    found = [_key(pc, path, f"C:\\Temp\\k{at}.reg", closed) for at, path in enumerate(paths)]
    for at in range(len(paths)):
        pc.remove(f"C:\\Temp\\k{at}.reg")
    return found


def _key(pc: Machine, path: str, file: str, closed: tuple[str, ...]) -> dict:
    found = {"path": path, "state": _state(path, closed, there=True), "subkeys": [], "values": []}
    if path in closed:
        return found
    if "\\" not in path:
        listed = pc.native(f"reg query {path}").out.decode("ascii", "replace").split()
        return {**found, "subkeys": [line.rpartition("\\")[2] for line in listed if line.startswith(f"{path}\\")]}
    try:
        blocks = reg.load(pc.read(file))
    except FileNotFoundError:
        return {**found, "state": "missing"}
    depth = path.count("\\") + 1
    below = {block.key.split("\\")[depth] for block in blocks if block.key.count("\\") >= depth}
    own = [one for block in blocks if block.key.lower() == path.lower() for one in block.settings]
    return {**found, "subkeys": sorted(below), "values": [_value(one) for one in own]}


def _value(one) -> dict:
    value = one.value
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode()
    elif one.type_name == "REG_DWORD" and value >= 1 << 31:
        value -= 1 << 32
    return {"name": one.name, "kind": one.type, "data": value}
