# SPDX-License-Identifier: Apache-2.0
"""Write what requests bring, many requests in one transaction; a request is answered only when its part is on disk."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agents.hub.database import StoreError, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agents.hub.database import Database

# Requests that may wait for the disk; more are told to come again.
WAITING: Final = 4096
TOGETHER: Final = 512


@dataclass(frozen=True, slots=True)
class Job:
    """What one request wants done in the database; `done` gets the result, or why nothing was stored."""

    work: Callable[[Database], Any]
    done: Future[Any] = field(default_factory=Future)


class Writer:
    """One thread that owns a connection and commits the jobs of many requests together."""

    def __init__(self, url: str, waiting: int = WAITING) -> None:
        self._url = url
        self._jobs: queue.Queue[Job | None] = queue.Queue(waiting)
        self._database = connect(url)
        self._thread = threading.Thread(target=self._run, name="hub-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Give how many jobs wait."""
        return self._jobs.qsize()

    def put(self, work: Callable[[Database], Any]) -> Future[Any]:
        """Hand in work for the next transaction.

        Raises:
            StoreError: too much waits already.
        """
        job = Job(work)
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise StoreError("too many requests wait for the disk") from None
        return job.done

    def close(self) -> None:
        """Finish what waits, and stop."""
        self._jobs.put(None)
        self._thread.join()
        self._database.close()

    def _run(self) -> None:
        while (first := self._jobs.get()) is not None:
            jobs, ends = self._with(first)
            try:
                self._together(jobs)
            except StoreError as error:
                self._alone(jobs, error)
            except Exception as error:  # noqa: BLE001 - the main loop: a fault of one job may not leave the others waiting for ever
                for job in jobs:
                    job.done.set_exception(error)
            if ends:
                return

    def _with(self, first: Job) -> tuple[list[Job], bool]:
        jobs = [first]
        while len(jobs) < TOGETHER:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, False
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _together(self, jobs: Sequence[Job]) -> None:
        with self._database.writing():
            results = [job.work(self._database) for job in jobs]
        for job, result in zip(jobs, results, strict=True):
            job.done.set_result(result)

    def _alone(self, jobs: Sequence[Job], error: StoreError) -> None:
        """Find the one whose content the database refuses; a full disk or a lost server refuses them all at once."""
        for job in jobs:
            if error.full or len(jobs) == 1:
                job.done.set_exception(error)
                continue
            try:
                self._together([job])
            except StoreError as own:
                error = own
                job.done.set_exception(own)
