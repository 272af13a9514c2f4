# SPDX-License-Identifier: Apache-2.0
"""One event loop in a thread of its own, for looks that come from other threads: all of them share its SNMP engines."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from agents.connections.deadline import given_up
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

_lock = threading.Lock()
_loops: list[asyncio.AbstractEventLoop] = []


def run(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """Run `work` on the loop and give what it gives.

    Raises:
        NotObservedError: it takes longer than `seconds`; it is cancelled.
    """
    future = asyncio.run_coroutine_threadsafe(work, _loop())
    try:
        return future.result(seconds)
    except concurrent.futures.TimeoutError as error:
        future.cancel()
        raise NotObservedError(given_up(seconds)) from error


def _loop() -> asyncio.AbstractEventLoop:
    with _lock:
        if not _loops:
            _loops.append(asyncio.new_event_loop())
            # It ends with the program: a look that hangs must not keep it.
            threading.Thread(target=_loops[0].run_forever, name="devices", daemon=True).start()
        return _loops[0]
