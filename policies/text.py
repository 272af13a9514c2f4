# SPDX-License-Identifier: Apache-2.0
"""Words for people, in both languages side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Language: TypeAlias = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Text:
    """The same thing said in English and in Simplified Chinese."""

    en: str
    zh: str

    def in_language(self, language: Language) -> str:
        """Give the words in one language."""
        return self.zh if language == "zh" else self.en

    @classmethod
    def of(cls, value: Mapping[str, str]) -> Text:
        """Take `{en: …, zh: …}`, ends trimmed."""
        return cls(en=value["en"].strip(), zh=value["zh"].strip())
