# SPDX-License-Identifier: Apache-2.0
"""Fetch what the agent of a host has kept, over one SSH channel; the host deletes a look only when it is kept here."""

from __future__ import annotations

import base64
import binascii
from typing import IO, TYPE_CHECKING, Any, Final, cast

import paramiko

from agents.connections import frames
from agents.connections.deadline import Deadline
from agents.connections.frames import FrameError
from agents.connections.login import log_on, place
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.connections.target import Target

HOME: Final = "/usr/lib/menshen-agent"
SPOOL: Final = "/var/lib/menshen-agent/spool"
# The only command: nothing of it comes from a host or an inventory.
COMMAND: Final = f"python3 -ISB -X utf8 {HOME}/start.py hand-over {SPOOL}"
COMMAND_AS_ROOT: Final = f"sudo -n -- {COMMAND}"
SECONDS: Final = 120.0
SILENCE_SECONDS: Final = 30.0


def collect(target: Target, keep: Callable[[bytes], None], seconds: float = SECONDS) -> int:
    """Fetch every look, oldest first; `keep` is given each and raises where it could not keep it. Gives how many.

    Raises:
        NotObservedError: the host is not reached, has no agent, or does not answer as one.
    """
    deadline = Deadline(seconds)
    client = log_on(target, deadline)
    try:
        return _fetched(client, target, keep)
    except (paramiko.SSHException, EOFError, OSError, FrameError) as error:
        if deadline.over:
            raise deadline.error() from error
        raise NotObservedError(f"the connection with {place(target)} broke off") from error
    finally:
        deadline.cancel()
        client.close()


def _fetched(client: paramiko.SSHClient, target: Target, keep: Callable[[bytes], None]) -> int:
    requests, answers, _ = client.exec_command(COMMAND_AS_ROOT if target.as_root else COMMAND, timeout=SILENCE_SECONDS)
    count = 0
    # A file of paramiko's reads as one of Python's does.
    stream = cast("IO[bytes]", answers)
    while True:
        answer = frames.read(stream)
        if answer == {}:
            return count
        keep(_content(answer, target))
        count += 1
        requests.write(frames.pack({"kept": answer["name"]}))
        requests.flush()


def _content(answer: Any, target: Target) -> bytes:
    if answer is None:
        raise NotObservedError(f"{place(target)} has no agent that hands over: run playbooks/agent.yml")
    try:
        return base64.b64decode(answer["content"], validate=True)
    except (TypeError, KeyError, binascii.Error, ValueError) as error:
        raise NotObservedError(f"the agent of {place(target)} does not answer as it should") from error
