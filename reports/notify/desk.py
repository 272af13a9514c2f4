# SPDX-License-Identifier: Apache-2.0
"""The one place that tells people: keeps what is news, and sends what waits to every channel side by side."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from reports.clock import Clock
from reports.notify import mail, post
from reports.notify.failure import DeliveryError
from reports.notify.notice import Severity
from reports.notify.secrets import SecretError
from reports.notify.settings import MAIL
from reports.notify.wording import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from policies.text import Language
    from reports.notify.memory import Memory, Waiting
    from reports.notify.notice import Notice
    from reports.notify.secrets import Secrets
    from reports.notify.settings import Channel, Settings
    from reports.notify.wording import Message

# A channel that answers byte by byte delays nobody longer than this.
SECONDS: Final = 40.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one channel's message: how many `notices` it told; `why` it could not be sent, "" where it was."""

    channel: str
    notices: int
    why: str = ""


class Desk:
    """Tells people by the channels in `settings`; `offset` gives minutes east of UTC at a UTC stamp."""

    def __init__(self, settings: Settings, memory: Memory, secrets: Secrets, offset: Callable[[str], int]) -> None:
        self.settings = settings
        self.memory = memory
        self._secrets = secrets
        self._offset = offset

    def tell(self, notices: Iterable[Notice], at: str) -> list[Delivery]:
        """Keep what is news and deliver everything that waits and may go out at `at` (UTC stamp): a message a channel.

        A trouble that is already open with the same severity and title is not told again, nor is the end of one that is not.

        Raises:
            AlertStateError: the state could not be written; nothing was sent then.
        """
        self.memory.take(notices, self.settings.channels, at)
        return self.deliver(at)

    def deliver(self, at: str) -> list[Delivery]:
        """Send what waits: after quiet hours, and what a channel did not take before."""
        taken = {channel.name: (channel, found) for channel in self.settings.channels if (found := self._claimed(channel, at))}
        results: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        for channel, found in taken.values():
            work = (channel, self._message(channel, found, at), at, results)
            # A thread that hangs must not keep the program from its end.
            threading.Thread(target=self._send, args=work, name=f"notify-{channel.name}", daemon=True).start()
        told = []
        for name, why in _gathered(results, set(taken)).items():
            _, found = taken[name]
            self.memory.settle(found, why)
            told.append(Delivery(name, len(found), why))
        return told

    def _claimed(self, channel: Channel, at: str) -> list[Waiting]:
        moment, quiet = Clock(self._offset(at)).moment(at), self.settings.quiet
        allowed = [one for one in Severity if quiet is None or not quiet.holds(one, moment.time())]
        return self.memory.claim(channel.name, allowed, moment.timestamp())

    def _message(self, channel: Channel, found: list[Waiting], at: str) -> Message:
        return message([one.notice for one in found], cast("Language", channel.language), self._offset(at))

    def _send(self, channel: Channel, words: Message, at: str, results: queue.SimpleQueue[tuple[str, str]]) -> None:
        moment = datetime.fromisoformat(at)
        try:
            if channel.kind == MAIL:
                mail.send(words, channel.options, self._secrets, moment)
            else:
                post.send(channel.kind, words, channel.options, self._secrets, moment)
        except (DeliveryError, SecretError) as error:
            results.put((channel.name, self._secrets.hide(str(error))))
        except BaseException as error:  # not swallowed: the thread's own report shows it, and the message waits
            results.put((channel.name, f"a defect of this program: {type(error).__name__}"))
            raise
        else:
            results.put((channel.name, ""))


def _gathered(results: queue.SimpleQueue[tuple[str, str]], names: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    end = time.monotonic() + SECONDS
    while names - found.keys():
        try:
            name, why = results.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            late = dict.fromkeys(names - found.keys(), f"no answer within {SECONDS:g} seconds")
            return found | late
        found[name] = why
    return found
