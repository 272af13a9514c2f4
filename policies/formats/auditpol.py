# SPDX-License-Identifier: Apache-2.0
"""The CSV that `auditpol /backup` writes: read by position, GUID and number, so that its language does not matter.

Columns: MS-GPAC 2.2.1.2 (https://learn.microsoft.com/openspecs/windows_protocols/ms-gpac).
"""

from __future__ import annotations

import codecs
import csv
import re
from typing import Final

from policies.formats.registry import FormatError

_GUID: Final = re.compile(r"\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}\Z", re.IGNORECASE)
# Machine Name, Policy Target, Subcategory, Subcategory GUID, Inclusion Setting, Exclusion Setting, Setting Value
_WIDTH, _TARGET, _PLACE, _VALUE = 7, 1, 3, 6
_HIGHEST: Final = 3
_SYSTEM: Final = "SYSTEM"


def load(content: bytes) -> dict[str, int]:
    """Read sub-categories of the system: GUID in capitals and braces -> 0 none, 1 success, 2 failure, 3 both.

    Options, global object lists and policies of single users are no sub-categories of the system and are left out.

    Raises:
        FormatError: no sub-category in it, a row too short, a value outside 0..3, or a GUID twice.
    """
    found: dict[str, int] = {}
    try:
        rows = list(csv.reader(_text(content).splitlines(), strict=True))
    except csv.Error as error:
        message = f"no CSV: {error}"
        raise FormatError(message) from error
    for number, row in enumerate(rows, start=1):
        if len(row) <= _PLACE or not _GUID.match(row[_PLACE].strip()) or _of_user(row[_TARGET]):
            continue
        guid = row[_PLACE].strip().upper()
        value = row[_VALUE].strip() if len(row) >= _WIDTH else ""
        if value not in {str(one) for one in range(_HIGHEST + 1)}:
            message = f"line {number}: {guid} has no setting between 0 and {_HIGHEST}"
            raise FormatError(message)
        if guid in found:
            message = f"line {number}: {guid} stands twice"
            raise FormatError(message)
        found[guid] = int(value)
    if not found:
        raise FormatError("no backup of auditpol: no sub-category in it")
    return found


def _of_user(target: str) -> bool:
    """Tell whether a row is of a single account: those are SIDs, or names with the computer before them."""
    return target.strip().upper().startswith("S-1-") or "\\" in target


def _text(content: bytes) -> str:
    """Decode what is needed: GUIDs and numbers are ASCII in every code page that Windows writes files in.

    Of a double-byte code page no second byte is a comma, a quotation mark or a line break.
    """
    if content.startswith(codecs.BOM_UTF16_LE):
        return content[2:].decode("utf-16-le", "replace")
    return content.removeprefix(codecs.BOM_UTF8).decode("latin-1").replace("\x85", " ").replace("\x1c", " ")
