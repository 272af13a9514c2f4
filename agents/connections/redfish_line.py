# SPDX-License-Identifier: Apache-2.0
"""The line to a Redfish service (DMTF DSP0266): TLS, a session, and small JSON documents; nothing else is believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import ssl
from typing import TYPE_CHECKING, Any, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.connections.deadline import Deadline
    from agents.connections.redfish_target import RedfishTarget

ROOT: Final = "/redfish/v1/"
SESSIONS: Final = "/redfish/v1/SessionService/Sessions"
# A BIOS registry of a large server has about two megabytes.
LIMIT: Final = 16 * 1024 * 1024
MOST_SECONDS: Final = 20.0
CREATED, ABSENT = 201, frozenset({404, 405, 501})
DENIED: Final = frozenset({401, 403})


class RefusedError(Exception):
    """The service refused a change; the message is its own, without what was sent."""


class Line:
    """One service; every document is asked for once. Use `close` to end the session."""

    def __init__(self, target: RedfishTarget, deadline: Deadline) -> None:
        self.target, self.deadline = target, deadline
        self._session = ""
        self._headers: dict[str, str] = {}
        self._log_on()

    def get(self, path: str) -> dict[str, Any]:
        """Give a document; {} where there is none.

        Raises:
            NotObservedError: the service does not answer, denies it, or answers rubbish.
        """
        status, _, document = self._ask("GET", path)
        if status in ABSENT:
            return {}
        if status in DENIED:
            raise NotObservedError(f"{self.target.place} does not let {self.target.user} see {path}")
        if status >= http.client.BAD_REQUEST:
            raise NotObservedError(f"{self.target.place} answers {path} with HTTP {status}")
        return document

    def change(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        """Change something (PATCH or POST).

        Raises:
            RefusedError: the service refused it.
            NotObservedError: it does not answer.
        """
        status, _, document = self._ask(method, path, body)
        if status >= http.client.BAD_REQUEST:
            raise RefusedError(f"{self.target.place} refused it (HTTP {status}): {_complaint(document)}")

    def close(self) -> None:
        """End the session, if there is one; controllers have few."""
        if self._session:
            try:
                self._ask("DELETE", self._session)
            except NotObservedError:
                return

    def _log_on(self) -> None:
        body = {"UserName": self.target.user, "Password": self.target.password}
        status, headers, _ = self._ask("POST", SESSIONS, body)
        token, place = headers.get("X-Auth-Token"), headers.get("Location", "")
        if status == CREATED and token:
            self._headers = {"X-Auth-Token": token}
            self._session = place if place.startswith("/redfish/") else "/redfish/" + place.partition("/redfish/")[2]
            return
        if status not in ABSENT:
            raise NotObservedError(f"{self.target.place} does not let {self.target.user or 'anybody without a name'} in")
        # A service without sessions: the password goes with every question, inside TLS as ever.
        pair = base64.b64encode(f"{self.target.user}:{self.target.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}"}

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Mapping[str, str], dict[str, Any]]:
        if not path.startswith("/redfish/") or any(character in path for character in "\r\n \0"):
            raise NotObservedError(f"{self.target.place} names a path that is none of Redfish")
        connection = self._connection()
        try:
            content = None if body is None else json.dumps(body).encode()
            headers = {"Accept": "application/json", "Content-Type": "application/json", **self._headers}
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            data = answer.read(LIMIT + 1)
            return answer.status, dict(answer.getheaders()), self._document(data)
        except (OSError, http.client.HTTPException) as error:
            raise NotObservedError(f"{self.target.place} does not answer by Redfish: {_why(error)}") from error
        finally:
            connection.close()

    def _document(self, data: bytes) -> dict[str, Any]:
        if len(data) > LIMIT:
            raise NotObservedError(f"{self.target.place} sends more than {LIMIT} bytes in one document")
        try:
            found = json.loads(data) if data.strip() else {}
        except (ValueError, RecursionError) as error:
            raise NotObservedError(f"{self.target.place} sends what is no JSON") from error
        return found if isinstance(found, dict) else {}

    def _connection(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=self.target.ca)
        if self.target.fingerprint:
            # The certificate itself is compared below, which says more than any authority.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        seconds = self.deadline.left(MOST_SECONDS)
        connection = http.client.HTTPSConnection(self.target.address, self.target.port, timeout=seconds, context=context)
        try:
            connection.connect()
        except ssl.SSLCertVerificationError as error:
            connection.close()
            message = f"{self.target.place} shows a certificate that cannot be trusted: {error.verify_message}"
            raise NotObservedError(message) from error
        except OSError as error:
            connection.close()
            raise NotObservedError(f"{self.target.place} cannot be reached by Redfish: {_why(error)}") from error
        self._compare(connection)
        return connection

    def _compare(self, connection: http.client.HTTPSConnection) -> None:
        if self.target.fingerprint:
            shown = connection.sock.getpeercert(binary_form=True) or b""
            if not hmac.compare_digest(hashlib.sha256(shown).hexdigest(), self.target.fingerprint):
                connection.close()
                raise NotObservedError(f"{self.target.place} shows another certificate than the known one")


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or str(error) or type(error).__name__).partition("\n")[0]


def _complaint(document: Mapping[str, Any]) -> str:
    found = document.get("error")
    message = found.get("message") if isinstance(found, dict) else ""
    return str(message or "no reason given")[:200]
