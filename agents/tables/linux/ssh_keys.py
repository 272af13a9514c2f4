# SPDX-License-Identifier: Apache-2.0
"""SSH keys of accounts: which may log on, which lie there, and which hosts are known (sshd(8), PROTOCOL.key of OpenSSH)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from agents.tables.linux import text_files
from agents.tables.linux.homes import homes, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

ALGORITHM: Final = re.compile(r"(?:sk-)?(?:ssh|ecdsa)-[\w.@-]+")
# Options have no blank outside quotes.
KEY: Final = re.compile(
    rf'(?:(?P<options>(?:[^\s"]|"(?:\\.|[^"\\])*")+)\s+)??(?P<algorithm>{ALGORITHM.pattern})\s+(?P<key>[A-Za-z0-9+/=]+)(?:\s+(?P<comment>.*))?'
)
AUTHORIZED: Final = ("authorized_keys", "authorized_keys2")
KEY_BYTES: Final = 65536
PRIVATE: Final = re.compile(rb"-----BEGIN (?P<kind>[A-Z ]*)PRIVATE KEY-----\s(?P<body>.*?)-----END", re.DOTALL)
MAGIC: Final = b"openssh-key-v1\0"
TYPES: Final = {"ssh-rsa": "rsa", "ssh-dss": "dsa", "ssh-ed25519": "ed25519"}


def authorized_keys(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the keys that may log on to each account; a line that holds no key is passed over, as sshd does.

    Raises:
        NotObservedError: a home or file cannot be read (root may).
    """
    for uid, _, home in homes(host, ask):
        for name in AUTHORIZED:
            path = f"{home}/.ssh/{name}"
            for _, line in text_files.lines(host, path):
                found = KEY.fullmatch(line.strip())
                if found and not line.lstrip().startswith("#"):
                    parts = found.groupdict("")
                    yield {"uid": uid, "key_file": path, **parts}


def known_hosts(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the lines of each account's known_hosts. Raises as `authorized_keys`."""
    for uid, _, home in homes(host, ask):
        path = f"{home}/.ssh/known_hosts"
        for _, line in text_files.lines(host, path):
            if line.strip() and not line.startswith("#"):
                yield {"uid": uid, "key": line.strip(), "key_file": path}


def user_ssh_keys(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the private keys in each account's .ssh folder, whatever their names, and whether a passphrase protects them.

    `key_type` is rsa, dsa, ec or ed25519, empty where the file does not show it; `key_length` in bits is that of RSA keys
    in OpenSSH's format, else NULL. Raises as `authorized_keys`.
    """
    for uid, _, home in homes(host, ask):
        for name in names(host, f"{home}/.ssh"):
            path = f"{home}/.ssh/{name}"
            found = PRIVATE.search(host.head(path, KEY_BYTES)) if text_files.is_file(host, path) else None
            if found:
                yield {"uid": uid, "path": path, **_private(found["kind"].decode().strip(), found["body"])}


def _private(kind: str, body: bytes) -> dict[str, str | int | None]:
    if kind == "OPENSSH":
        return _openssh(body)
    encrypted = kind == "ENCRYPTED" or b"Proc-Type: 4,ENCRYPTED" in body
    key_type = kind.lower() if kind in {"RSA", "DSA", "EC"} else ""
    return {"encrypted": int(encrypted), "key_type": key_type, "key_length": None}


def _openssh(body: bytes) -> dict[str, str | int | None]:
    """Read OpenSSH's own format: sign, cipher, derivation and its options, number of keys, public key."""
    try:
        blob = base64.b64decode(body, validate=False)
    except binascii.Error:
        blob = b""
    if not blob.startswith(MAGIC):
        return {"encrypted": None, "key_type": "", "key_length": None}
    cipher, rest = _string(blob[len(MAGIC) :])
    for _ in range(2):
        _, rest = _string(rest)
    public, _ = _string(rest[4:])
    algorithm, rest = _string(public)
    name = algorithm.decode("ascii", "replace")
    length = None
    if name == "ssh-rsa":
        _exponent, rest = _string(rest)
        length = int.from_bytes(_string(rest)[0], "big").bit_length()
    key_type = TYPES.get(name, "ec" if name.startswith("ecdsa-") else name)
    return {"encrypted": int(cipher != b"none"), "key_type": key_type, "key_length": length}


def _string(data: bytes) -> tuple[bytes, bytes]:
    """Take a string, its length before it in four bytes, off the front; what is cut short is shorter."""
    length = int.from_bytes(data[:4], "big")
    return data[4 : 4 + length], data[4 + length :]
