# SPDX-License-Identifier: Apache-2.0
"""The words of the shipped controls: one spelling for one thing, in whole sentences."""

from __future__ import annotations

import re

import pytest

from policies import catalogue

CONTROLS = tuple(catalogue.load().controls.values())
HAN = "\u4e00-\u9fff"
# In use beside the word that we write: 登录, 账号, 密码.
BANNED = ("登陆", "帐号", "帐户", "口令")


def texts(control):
    """Give the sentences and the short texts of a control for people."""
    asked = control.inspect.look_at if control.inspect else control.document.provide if control.document else None
    sentences = [control.rationale, control.remedy, *([asked] if asked else [])]
    return sentences, [control.title, *(parameter.title for parameter in control.parameters.values())]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_words_are_written_one_way(control):
    """Sentences end in a full stop, titles do not; Chinese has full-width punctuation, spaces beside Latin, no banned word."""
    sentences, titles = texts(control)
    chinese = [text.zh for text in (*sentences, *titles)]

    assert [] == [text.en for text in sentences if not text.en.endswith(".")]
    assert [] == [text.zh for text in sentences if not text.zh.endswith("。")]
    assert [] == [one for text in titles for one in (text.en, text.zh) if one.endswith((".", "。"))]
    assert [] == [zh for zh in chinese if re.search(rf"[{HAN}][,;:!?(]|[,;!?)][{HAN}]|  ", zh)]
    # U盘, U位 and A角, B角 are words of their own.
    assert [] == [zh for zh in chinese if re.search(rf"[{HAN}][A-Za-z0-9$](?![盘位角])|[A-Za-z0-9%](?<![UAB])[{HAN}]", zh)]
    assert [] == [zh for zh in chinese for word in BANNED if word in zh]
