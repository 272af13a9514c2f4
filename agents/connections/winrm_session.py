# SPDX-License-Identifier: Apache-2.0
"""One remote shell on a Windows PC, and the commands run in it, with a limit on everything (MS-WSMV, spoken by pywinrm)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from cryptography import x509
from winrm.exceptions import WinRMOperationTimeoutError
from winrm.protocol import Protocol

from agents.connections.winrm_target import KERBEROS, NTLM
from agents.connections.winrm_trouble import COMPLAINT, TROUBLE, trouble
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.connections.deadline import Deadline
    from agents.connections.winrm_target import WinRmTarget

# The longest one request may wait for its answer; the service is told to answer a little sooner.
WAIT_SECONDS: Final = 20.0
_SOONER: Final = 2
# All answers of one PC together; an honest one stays far below.
TOTAL_LIMIT: Final = 256 * 1024 * 1024
UTF8: Final = 65001
# The largest piece of input that fits into one message of the service's default size.
PIECE: Final = 90_000


class Session:
    """Runs commands; one thread at a time may use it."""

    def __init__(self, target: WinRmTarget, deadline: Deadline) -> None:
        """Log on and open a shell. Raises NotObservedError."""
        self._target = target
        self._deadline = deadline
        self._taken = 0
        _check(target)
        with self._told():
            self._protocol = self._speak()
            self._shell = self._protocol.open_shell(codepage=UTF8)

    def run(self, line: str, data: bytes) -> bytes:
        """Run a command line, give it its input, and give what it printed.

        Raises:
            NotObservedError: the PC is lost, too slow, or says what no WinRM service says.
        """
        with self._told():
            self._patience()
            command = self._protocol.run_command(self._shell, line, console_mode_stdin=False)
            for start in range(0, len(data), PIECE):
                self._patience()
                piece = data[start : start + PIECE]
                self._protocol.send_command_input(self._shell, command, piece, end=start + PIECE >= len(data))
            out, err = self._received(command)
            self._protocol.cleanup_command(self._shell, command)
        if not out:
            complaint = " ".join(err.decode("utf-8", "replace").split())[:COMPLAINT]
            raise NotObservedError(f"{self._target.place} runs no PowerShell for us: {complaint or '-'}")
        return out

    def close(self) -> None:
        """Close the shell; a PC that does not answer any more closes it by itself."""
        try:
            with self._told():
                self._patience()
                self._protocol.close_shell(self._shell)
        except NotObservedError:
            self._protocol.transport.close_session()

    def _speak(self) -> Protocol:
        one = self._target
        return Protocol(
            endpoint=one.url,
            transport=cast("Any", one.transport),
            username=one.user or None,
            password=one.password,
            server_cert_validation="validate" if one.validate else "ignore",
            # None: the authorities that come with requests, and nothing from the environment.
            ca_trust_path=cast("str", str(one.ca) if one.ca else None),
            cert_pem=str(one.certificate) if one.certificate else None,
            cert_key_pem=str(one.key) if one.key else None,
            message_encryption="always" if one.scheme == "http" and one.transport in {NTLM, KERBEROS} else "auto",
            read_timeout_sec=max(3, int(self._deadline.left(WAIT_SECONDS))),
            operation_timeout_sec=max(1, int(self._deadline.left(WAIT_SECONDS)) - _SOONER),
            proxy=None,
        )

    def _received(self, command: str) -> tuple[bytes, bytes]:
        out, err, done = bytearray(), bytearray(), False
        while not done:
            self._patience()
            try:
                more, complaint, _, done = self._protocol.get_command_output_raw(self._shell, command)
            except WinRMOperationTimeoutError:
                # Nothing yet: the deadline says how often one may ask again.
                continue
            out += more
            err += complaint
            self._taken += len(more) + len(complaint)
            if self._taken > TOTAL_LIMIT:
                raise NotObservedError(f"{self._target.place} sent more than {TOTAL_LIMIT} bytes")
        return bytes(out), bytes(err)

    def _patience(self) -> None:
        """Let the next request wait no longer than the PC still has; raises NotObservedError where nothing is left."""
        left = self._deadline.left(WAIT_SECONDS)
        self._protocol.transport.read_timeout_sec = max(1, int(left + 0.5))
        self._protocol.operation_timeout_sec = max(1, int(left) - _SOONER)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what pywinrm and what is below it raise into one sentence that says what would help."""
        try:
            yield
        except TROUBLE as error:
            if self._deadline.over:
                raise self._deadline.error() from error
            raise trouble(error, self._target) from error


def _check(target: WinRmTarget) -> None:
    """Find out about our own certificate before a PC refuses it without a word. Raises NotObservedError."""
    for file in filter(None, (target.certificate, target.key, target.ca)):
        if not file.is_file():
            raise NotObservedError(f"there is no certificate or key at {file}")
    if target.certificate is None:
        return
    try:
        end = x509.load_pem_x509_certificate(target.certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        raise NotObservedError(f"{target.certificate} holds no certificate that can be read") from error
    if end < datetime.now(UTC):
        raise NotObservedError(f"our certificate {target.certificate} has expired: no PC will take it")
