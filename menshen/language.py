# SPDX-License-Identifier: Apache-2.0
"""Which language to speak: Simplified Chinese or English, side by side in the code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.text import Language

ZH: Language = "zh"
EN: Language = "en"


def of_environment() -> Language:
    """Choose by the locale (LC_ALL, then LC_MESSAGES, then LANG): zh_* is Chinese, everything else English.

    Source: POSIX.1-2017 XBD §8.2, order of the internationalization variables.
    """
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return ZH if value.lower().startswith("zh") else EN
    return EN


def say(en: str, zh: str, language: Language | None = None) -> str:
    """Give the one of two texts that the reader understands; by the locale unless `language` is named."""
    return zh if (language or of_environment()) == ZH else en
