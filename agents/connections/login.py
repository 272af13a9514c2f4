# SPDX-License-Identifier: Apache-2.0
"""Log on to a host by SSH: its key must be known, and ours must open the door; every failure is a sentence that helps."""

from __future__ import annotations

import base64
import binascii
import getpass
import hashlib
import logging
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn

import paramiko

from agents.connections import known_hosts
from agents.source import NotObservedError

if TYPE_CHECKING:
    from agents.connections.deadline import Deadline
    from agents.connections.known_hosts import KnownKeys
    from agents.connections.target import Target

CONNECT_SECONDS: Final = 10.0
LOG_ON_SECONDS: Final = 20.0

# The library logs what it also raises; without a handler Python would print it between our lines.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class _Strict:
    """Refuse whoever shows a key that no file names."""

    def __init__(self, target: Target, revoked: frozenset[str]) -> None:
        self._target = target
        self._revoked = revoked

    def missing_host_key(self, _client: object, _hostname: str, key: paramiko.PKey) -> NoReturn:
        """Refuse, and say how the key is made known."""
        file, where = self._target.known_hosts[0], place(self._target)
        if key.get_base64() in self._revoked:
            raise NotObservedError(f"the host key of {where} is revoked in known_hosts: it must not be used any more")
        raise NotObservedError(
            f"the host key of {where} is not known ({fingerprint(key.asbytes())}): compare it with that on the machine, "
            f"then add its line to {file}"
        )


def log_on(target: Target, deadline: Deadline) -> paramiko.SSHClient:
    """Open a session with a host.

    Raises:
        NotObservedError: nobody answers, it is not the host we know, or it does not let us in.
    """
    keys = _known(target)
    line = _connected(target, deadline)
    client = paramiko.SSHClient()

    def cut() -> None:
        client.close()
        _shut(line)

    deadline.cut(cut)
    try:
        _log_on(client, line, target, keys, deadline)
    except BaseException:
        deadline.cancel()
        cut()
        raise
    return client


def place(target: Target) -> str:
    """Name a host for people."""
    return known_hosts.named(target.address, target.port)


def fingerprint(key: bytes) -> str:
    """Give the fingerprint of a public key as ssh-keygen -l prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _known(target: Target) -> KnownKeys:
    try:
        return known_hosts.find(target.known_hosts, target.address, target.port)
    except OSError as error:
        raise NotObservedError(f"cannot read {error.filename}: {error.strerror}") from error


def _connected(target: Target, deadline: Deadline) -> socket.socket:
    try:
        return socket.create_connection((target.address, target.port), deadline.left(CONNECT_SECONDS))
    except TimeoutError as error:
        raise NotObservedError(f"{place(target)} does not answer: no connection within {CONNECT_SECONDS:g} seconds") from error
    except OSError as error:
        raise NotObservedError(f"cannot connect to {place(target)}: {error.strerror or error}") from error


def _log_on(client: paramiko.SSHClient, line: socket.socket, target: Target, keys: KnownKeys, deadline: Deadline) -> None:
    known = client.get_host_keys()
    for kind, text in keys.trusted:
        key = _key(kind, text)
        if key is not None:
            known.add(place(target), kind, key)
    client.set_missing_host_key_policy(_Strict(target, keys.revoked))
    try:
        client.connect(sock=line, **_settings(target, deadline))
    except paramiko.BadHostKeyException as error:
        raise NotObservedError(_changed(target, error)) from error
    except paramiko.AuthenticationException as error:
        raise NotObservedError(_refused(target, error)) from error
    except (paramiko.SSHException, EOFError, OSError, ValueError) as error:
        if deadline.over:
            raise deadline.error() from error
        raise NotObservedError(_no_session(target, error)) from error


def _settings(target: Target, deadline: Deadline) -> dict[str, Any]:
    return {
        "hostname": target.address,
        "port": target.port,
        "username": target.user or getpass.getuser(),
        "key_filename": None if target.key_file is None else os.fspath(target.key_file.expanduser()),
        "look_for_keys": target.key_file is None,
        "timeout": deadline.left(LOG_ON_SECONDS),
        "banner_timeout": deadline.left(CONNECT_SECONDS),
        "auth_timeout": deadline.left(LOG_ON_SECONDS),
    }


def _key(kind: str, text: str) -> paramiko.PKey | None:
    try:
        return paramiko.PKey.from_type_string(kind, base64.b64decode(text))
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, binascii.Error, ValueError):
        return None  # a kind of key the library does not speak, or a damaged line: the host is then not known by it


def _changed(target: Target, error: paramiko.BadHostKeyException) -> str:
    shown, known = fingerprint(error.key.asbytes()), fingerprint(error.expected_key.asbytes())
    return (
        f"{place(target)} shows another host key than the known one ({shown}, not {known}): new, or somebody stands between; "
        "compare there"
    )


def _refused(target: Target, error: paramiko.AuthenticationException) -> str:
    user = target.user or getpass.getuser()
    if isinstance(error, paramiko.PasswordRequiredException):
        return f"{place(target)} does not let {user} in: the private key has a passphrase, load it into ssh-agent"
    return f"{place(target)} does not let {user} in: none of the private keys is accepted (passwords are not tried)"


def _no_session(target: Target, error: Exception) -> str:
    if "banner" in str(error):
        return f"{place(target)} takes the connection but does not speak SSH within {CONNECT_SECONDS:g} seconds"
    return f"no SSH session with {place(target)}: {_plain(error)}"


def _plain(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        line.shutdown(socket.SHUT_RDWR)
    line.close()
