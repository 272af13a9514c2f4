# SPDX-License-Identifier: Apache-2.0
"""Remember when each job ran and how, what was seen last, and which expired exceptions are enforced again."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from menshen.language import say
from menshen.trouble import TroubleError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_SECONDS: Final = 1800.0
_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Last:
    """When a job was installed, and last began and ended (UTC stamps, "" for never); `error` is "" where it went well."""

    installed: str
    began: str = ""
    ended: str = ""
    error: str = ""


class State:
    """A folder of small JSON files, each replaced whole: a crash leaves the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "schedule"

    def last(self, job: str) -> Last | None:
        """Give what is known of a job; None where it was never installed nor ran."""
        found = self.read(f"job-{job}")
        return Last(**found) if found else None

    def keep(self, job: str, last: Last) -> None:
        """Remember a job's run."""
        self.write(f"job-{job}", asdict(last))

    def forget(self, jobs: set[str]) -> None:
        """Forget all jobs but these."""
        for path in self.folder.glob("job-*.json"):
            if path.stem.removeprefix("job-") not in jobs:
                path.unlink()

    def read(self, name: str) -> Any:
        """Give a file's content, None where there is none.

        Raises:
            TroubleError: it is there and cannot be read.
        """
        path = self.folder / f"{name}.json"
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise TroubleError(
                say(f"{path}: cannot be read; delete it to begin anew", f"{path}：无法读取；可删除后重新开始")
            ) from error

    def write(self, name: str, content: Any) -> None:
        """Replace a file, flushed to the disk.

        Raises:
            TroubleError: it cannot be written.
        """
        path = self.folder / f"{name}.json"
        part = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise TroubleError(say(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from error

    @contextmanager
    def lock(self, seconds: float = LOCK_SECONDS) -> Iterator[None]:
        """Hold the one lock of all jobs that look or change; it ends with this process, however that ends.

        Raises:
            TroubleError: another job holds it for longer than `seconds`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a", encoding="utf-8") as file:
            end = time.monotonic() + seconds
            while not _taken(file.fileno()):
                if time.monotonic() >= end:
                    raise TroubleError(
                        say(f"another job still runs after {seconds:g} seconds", f"{seconds:g} 秒后仍有其他任务在运行")
                    )
                time.sleep(_PAUSE)
            yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
