# SPDX-License-Identifier: Apache-2.0
"""Say in Chinese what records keep in English: why something was not seen, and what went wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from reports.reasons_devices import DEVICES
from reports.reasons_engine import ENGINE
from reports.reasons_files import FILES
from reports.reasons_foreign import FOREIGN
from reports.reasons_host import HOST
from reports.reasons_hub import HUB
from reports.reasons_notify import NOTIFY
from reports.reasons_redfish import REDFISH
from reports.reasons_ssh import SSH
from reports.reasons_windows import WINDOWS
from reports.reasons_written import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.text import Language

# (English, Chinese): the English is what the program writes, with a name in braces for each part that changes.
OWN: Final[tuple[tuple[str, str], ...]] = (*HOST, *SSH, *DEVICES, *REDFISH, *WINDOWS, *ENGINE, *FILES, *NOTIFY)
_HOLE: Final = re.compile(r"\{(\w+)\}")
# Names whose content is itself a sentence to be said in Chinese; every other content stays as it was seen.
_SENTENCES: Final = frozenset({"error", "what"})
_HINT: Final = re.compile(r"(.*); did you mean (.+)\?", re.DOTALL)
_REMEMBERED: Final = 8192
# Devices put their own words into some messages: what is longer than any of ours is not searched.
_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One message: `key` is its longest constant piece, looked for first, because that is cheap."""

    key: str
    form: re.Pattern[str]
    chinese: str

    @classmethod
    def of(cls, english: str, chinese: str) -> _Pattern:
        pieces = _HOLE.split(english)
        text = "".join(f"(?P<{piece}>.+?)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
        return cls(max(pieces[::2], key=len), re.compile(text, re.DOTALL), chinese)

    def say(self, text: str) -> str | None:
        found = self.form.fullmatch(text) if self.key in text else None
        return None if found is None else self._filled(found.groupdict())

    def _filled(self, parts: Mapping[str, str]) -> str:
        return _HOLE.sub(lambda hole: _chinese(parts[hole[1]]) if hole[1] in _SENTENCES else parts[hole[1]], self.chinese)


@cache
def _patterns() -> tuple[Mapping[str, str], tuple[_Pattern, ...]]:
    """Give the whole sentences, and the patterns with those first that leave least open."""
    pairs = (*OWN, *HUB, *WRITTEN, *FOREIGN)
    whole = {english: chinese for english, chinese in pairs if not _HOLE.search(english)}
    open_ones = sorted((pair for pair in pairs if pair[0] not in whole), key=lambda pair: -len(_HOLE.sub("", pair[0])))
    return whole, tuple(_Pattern.of(*pair) for pair in open_ones)


@lru_cache(maxsize=_REMEMBERED)
def _chinese(text: str) -> str:
    whole, patterns = _patterns()
    if text in whole or len(text) > _LONGEST:
        return whole.get(text, text)
    if hint := _HINT.fullmatch(text):
        return f"{_chinese(hint[1])}；是否应为 {hint[2]}？"
    return next((said for pattern in patterns if (said := pattern.say(text)) is not None), text)


def said(text: str, language: Language) -> str:
    """Give a reason or an error message in `language`; one that the catalogue does not know stays in English."""
    return _chinese(text) if language == "zh" else text
