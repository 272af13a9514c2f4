# SPDX-License-Identifier: Apache-2.0
"""The host keys that known_hosts files name for one host (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from agents.connections.target import PORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_HASHED: Final = "|1|"
_REVOKED: Final = "@revoked"
# A line is: hosts, type of key, key in base64, and perhaps a comment.
_FIELDS: Final = 3


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """What is known of one host: (type, key in base64) of the keys it may show, and keys nobody may show."""

    trusted: tuple[tuple[str, str], ...]
    revoked: frozenset[str]


def named(address: str, port: int) -> str:
    """Give the name under which a host stands in the files: its port is written where it is not 22."""
    return address.lower() if port == PORT else f"[{address.lower()}]:{port}"


def find(files: Iterable[Path], address: str, port: int) -> KnownKeys:
    """Read the keys of a host out of all files; a file that is not there names none.

    Authorities (@cert-authority) are not followed: a host that shows only a certificate is not known.

    Raises:
        OSError: a file cannot be read.
    """
    name = named(address, port)
    trusted: dict[tuple[str, str], None] = {}
    revoked = set()
    for marker, hosts, kind, key in (fields for path in files for fields in _lines(path.expanduser())):
        if marker in {"", _REVOKED} and _matches(hosts, name):
            if marker:
                revoked.add(key)
            else:
                trusted[kind, key] = None
    return KnownKeys(tuple(one for one in trusted if one[1] not in revoked), frozenset(revoked))


def _lines(path: Path) -> Iterator[tuple[str, str, str, str]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        marker, rest = "", line.split()
        if rest and rest[0].startswith("@"):
            marker, *rest = rest
        if len(rest) >= _FIELDS and not rest[0].startswith("#"):
            yield marker, rest[0], rest[1], rest[2]


def _matches(hosts: str, name: str) -> bool:
    if hosts.startswith(_HASHED):
        return _hash_matches(hosts, name)
    patterns = hosts.lower().split(",")
    if any(fnmatchcase(name, _literal(pattern[1:])) for pattern in patterns if pattern.startswith("!")):
        return False
    return any(fnmatchcase(name, _literal(pattern)) for pattern in patterns)


def _literal(pattern: str) -> str:
    # Only * and ? are special in the file; the brackets of [host]:port are not.
    return pattern.replace("[", "[[]")


def _hash_matches(hosts: str, name: str) -> bool:
    salt, _, digest = hosts.removeprefix(_HASHED).partition("|")
    try:
        key, expected = base64.b64decode(salt), base64.b64decode(digest)
    except binascii.Error:
        return False
    return hmac.compare_digest(hmac.new(key, name.encode(), hashlib.sha1).digest(), expected)
