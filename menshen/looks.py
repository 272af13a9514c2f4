# SPDX-License-Identifier: Apache-2.0
"""Look at many subjects at once, so that one that is dead or hangs delays none of the others."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from menshen.fleet import Fleet
    from menshen.subject import Subject

# What a look may take beyond its host's time: the query under way comes to its end.
GRACE: Final = 15.0

T = TypeVar("T")


class Looks(Generic[T]):
    """The looks at some subjects, each in a thread of its own; the first ones begin at once."""

    def __init__(self, subjects: Sequence[Subject], look: Callable[[Subject], T], fleet: Fleet) -> None:
        self._waiting = deque(subjects)
        self._look = look
        self._fleet = fleet
        self._overdue: dict[str, tuple[Subject, float]] = {}
        self._done: queue.SimpleQueue[tuple[Subject, Future[T]]] = queue.SimpleQueue()
        self._begin()

    def results(self, late: Callable[[Subject], T]) -> Iterator[tuple[Subject, T]]:
        """Give each subject with what its look gave, as they end; `late` answers for one that does not end in time.

        What a look raises is raised here.
        """
        while self._overdue:
            try:
                subject, future = self._done.get(timeout=self._patience())
            except queue.Empty:
                for given_up in self._give_up():
                    yield given_up, late(given_up)
            else:
                # One that was given up may still end: it has been answered for.
                if self._overdue.pop(subject.name, None) is not None:
                    self._begin()
                    yield subject, future.result()

    def _patience(self) -> float:
        return max(0.0, min(end for _, end in self._overdue.values()) - time.monotonic())

    def _begin(self) -> None:
        while self._waiting and len(self._overdue) < self._fleet.parallel:
            subject = self._waiting.popleft()
            self._overdue[subject.name] = subject, time.monotonic() + self._fleet.seconds + GRACE
            # A thread that hangs must not keep the program from its end.
            threading.Thread(target=self._run, args=(subject,), name=subject.name, daemon=True).start()

    def _run(self, subject: Subject) -> None:
        future: Future[T] = Future()
        try:
            future.set_result(self._look(subject))
        except BaseException as error:  # noqa: BLE001 - not swallowed: who waits for the result raises it
            future.set_exception(error)
        self._done.put((subject, future))

    def _give_up(self) -> list[Subject]:
        now = time.monotonic()
        late = [subject for subject, end in self._overdue.values() if end <= now]
        for subject in late:
            del self._overdue[subject.name]
        self._begin()
        return late
