# SPDX-License-Identifier: Apache-2.0
"""Put notices into the words of one message: a heading, and a text of plain lines."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reports.clock import Clock
from reports.notify.notice import Notice
from reports.words import Say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policies.text import Language

# So many are told in one message; the others are counted.
SHOWN = 20
LINES_SHOWN = 12
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Message:
    """What one channel sends: `heading` is one line, `text` several; `notices` are what it tells."""

    heading: str
    text: str
    language: Language
    notices: tuple[Notice, ...]


def message(notices: Sequence[Notice], language: Language, offset: int) -> Message:
    """Put notices into words, the worst first; times are local at `offset` minutes east of UTC."""
    say, clock = Say(language), Clock(offset)
    ordered = sorted(notices, key=lambda one: (one.healed, -one.severity.rank, one.key))
    heading = _heading(ordered[0], say)
    if len(ordered) > 1:
        heading = say("notice.and_more", first=heading, n=len(ordered) - 1)
    parts = [_part(one, say, clock) for one in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        parts.append(say("notice.not_shown", n=len(ordered) - SHOWN))
    return Message(heading, "\n\n".join(parts), language, tuple(ordered))


def _heading(notice: Notice, say: Say) -> str:
    mark = say("notice.healed") if notice.healed else say(f"notice.{notice.severity}")
    title = one_line(notice.title.in_language(say.lang))
    return say("notice.heading", mark=mark, subject=one_line(notice.subject), title=title)


def _part(notice: Notice, say: Say, clock: Clock) -> str:
    lines = [_heading(notice, say)]
    lines += [one_line(line.in_language(say.lang)) for line in notice.lines[:LINES_SHOWN]]
    if len(notice.lines) > LINES_SHOWN:
        lines.append(say("notice.more_lines", n=len(notice.lines) - LINES_SHOWN))
    if notice.since:
        lines.append(say("notice.since", time=clock.full(notice.since)))
    if notice.command:
        lines.append(say("notice.command", command=one_line(notice.command)))
    return "\n".join(lines)


def one_line(text: str) -> str:
    """Take line ends and steering characters out: a device's name must not write a second heading."""
    return _STEERING.sub(" ", text).strip()


def hidden(message: Message, hide: Callable[[str], str]) -> Message:
    """Take out of a message, and of the notices in it, what `hide` takes out of a text."""
    notices = (Notice.from_json(json.loads(hide(json.dumps(one.to_json(), ensure_ascii=False)))) for one in message.notices)
    return replace(message, heading=hide(message.heading), text=hide(message.text), notices=tuple(notices))
