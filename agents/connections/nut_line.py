# SPDX-License-Identifier: Apache-2.0
"""A line to NUT's upsd: its text protocol, as far as reading needs it (docs/net-protocol.txt of NUT 2.8).

Reading needs no login, and a login would make upsd's primary wait for us at a shutdown. User and password are sent only to a
server that demands them, since the protocol carries them in clear.
"""

from __future__ import annotations

import asyncio
import os
import shlex
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from agents.connections.nut_target import NutTarget

SECONDS: Final = 5.0
LINE_LIMIT: Final = 8 * 1024
VARIABLES_LIMIT: Final = 2000
_DEMANDS: Final = frozenset({"ACCESS-DENIED", "USERNAME-REQUIRED", "PASSWORD-REQUIRED"})


class NutLine:
    """Asks one upsd for one UPS; each question is a connection of its own."""

    def __init__(self, target: NutTarget) -> None:
        self.target = target

    async def variables(self) -> dict[str, str]:
        """Give the variables of the UPS.

        Raises:
            NotObservedError: upsd does not answer, has no fresh data, refuses, or speaks another protocol.
        """
        try:
            async with asyncio.timeout(SECONDS):
                reader, writer = await asyncio.open_connection(self.target.address, self.target.port, limit=LINE_LIMIT)
                try:
                    return await self._list(reader, writer)
                finally:
                    writer.close()
        except TimeoutError as error:
            raise NotObservedError(f"NUT at {self.target.place} does not answer within {SECONDS:g} seconds") from error
        except OSError as error:
            raise NotObservedError(f"NUT at {self.target.place} cannot be reached: {os.strerror(error.errno or 0)}") from error

    async def _list(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, str]:
        question = f"LIST VAR {_quoted(self.target.ups)}"
        answer = await self._asked(reader, writer, question)
        if answer[:1] == ["ERR"] and answer[1:2] and answer[1] in _DEMANDS and self.target.user:
            for proof in (f"USERNAME {_quoted(self.target.user)}", f"PASSWORD {_quoted(self.target.password)}"):
                self._check(await self._asked(reader, writer, proof))
            answer = await self._asked(reader, writer, question)
        self._check(answer)
        if answer != ["BEGIN", "LIST", "VAR", self.target.ups]:
            raise self._rubbish()
        found: dict[str, str] = {}
        while (line := await self._line(reader)) != ["END", "LIST", "VAR", self.target.ups]:
            self._check(line)
            match line:
                case ["VAR", _, name, value] if len(found) < VARIABLES_LIMIT:
                    found[name] = value
                case _:
                    raise self._rubbish()
        return found

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str) -> list[str]:
        writer.write(f"{line}\n".encode())
        await writer.drain()
        return await self._line(reader)

    async def _line(self, reader: asyncio.StreamReader) -> list[str]:
        try:
            line = await reader.readline()
        except ValueError as error:
            raise self._rubbish() from error
        if not line.endswith(b"\n"):
            raise NotObservedError(f"NUT at {self.target.place} broke the connection off")
        try:
            return shlex.split(line.decode("utf-8", "replace"))
        except ValueError as error:
            raise self._rubbish() from error

    def _check(self, answer: list[str]) -> None:
        if answer[:1] == ["ERR"]:
            raise NotObservedError(_refusal(answer[1] if len(answer) > 1 else "", self.target.place, self.target.ups))

    def _rubbish(self) -> NotObservedError:
        return NotObservedError(f"{self.target.place} does not speak NUT's protocol")


def _quoted(word: str) -> str:
    """Write one word of a line; a line break would begin another command.

    Raises:
        NotObservedError: the word cannot be sent.
    """
    if any(one in word for one in "\r\n\0"):
        raise NotObservedError("a name, user or password of NUT holds a line break")
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _refusal(kind: str, place: str, ups: str) -> str:
    """Say what an error of upsd means; DATA-STALE, DRIVER-NOT-CONNECTED and UNKNOWN-UPS are three ways of having no data."""
    match kind:
        case "DATA-STALE":
            return f"NUT at {place} has only stale data of {ups}: its driver has lost the UPS"
        case "DRIVER-NOT-CONNECTED":
            return f"NUT at {place} has no driver running for {ups}"
        case "UNKNOWN-UPS":
            return f"NUT at {place} serves no UPS named {ups}"
        case "ACCESS-DENIED" | "USERNAME-REQUIRED" | "PASSWORD-REQUIRED":
            return f"NUT at {place} denies access to {ups}"
        case "INVALID-PASSWORD" | "INVALID-USERNAME":
            return f"NUT at {place} refuses the user or the password"
    return f"NUT at {place} answers with an error"
