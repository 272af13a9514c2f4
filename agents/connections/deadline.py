# SPDX-License-Identifier: Apache-2.0
"""The time one host is given, from the first packet to the last answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class Deadline:
    """Ends after `seconds`; what waits for the host asks how long it still may, and is cut off at the end whatever it does."""

    seconds: float
    _end: float = field(default=0.0, init=False)
    _timer: threading.Timer | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def over(self) -> bool:
        """Tell whether the time is up."""
        return time.monotonic() >= self._end

    def left(self, most: float) -> float:
        """Give the seconds something may wait: `most`, or what is left.

        Raises:
            NotObservedError: nothing is left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.error()
        return min(most, left)

    def cut(self, close: Callable[[], object]) -> None:
        """Call `close` at the end, from another thread, so that even a host that drips bytes is left."""
        self._timer = threading.Timer(max(0.0, self._end - time.monotonic()), close)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Let the timer go."""
        if self._timer is not None:
            self._timer.cancel()

    def error(self) -> NotObservedError:
        """Say that the time is up."""
        return NotObservedError(given_up(self.seconds))


def given_up(seconds: float) -> str:
    """Say why nothing more is asked of a host."""
    return f"the host was given up after {seconds:g} seconds: it answers too slowly or hangs"
