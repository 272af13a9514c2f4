# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
import time

import pytest
from messages import collect

from agents import complaints
from reports.reasons import OWN, said
from reports.reasons_foreign import FOREIGN
from reports.reasons_written import WRITTEN

MESSAGES, UNREAD = collect()
HOLE = re.compile(r"\{(\w+)\}")
# Errors whose text is made elsewhere, where it is read: raised anew, SQLite's own, or chosen from a table of sentences.
ELSEWHERE = {
    "agents/complaints.py: next((plain for kinds, plain in _PLAIN.items() if isinstance(error, kinds)), text)",
    "agents/connections/conversation.py: str(self._failure)",
    "agents/connections/ssh.py: message",
    "agents/connections/winrm.py: str(self._failure)",
    "agents/windows/hive.py: self._closed[shut]",
    "agents/scan.py: str(self._failure)",
    # What the system says of a line, and what a machine or an earlier look has said.
    (
        "agents/connections/redfish_line.py: "
        "str(getattr(error, 'strerror', None) or str(error) or type(error).__name__).partition('\\n')[0]"
    ),
    "menshen/by_hand.py: (seen.reason or ', '.join(states) or 'no answer').replace('\\x00', '')",
    # Words of the report's catalogue, in its language already.
    "menshen/work_order.py: say(f'grade.{state}')",
    "menshen/work_order.py: state or '; '.join(wrong) or said(finding.reason, say.lang) or say(f'verdict.{finding.verdict}')",
    "reports/models.py: _word(states[0], say)",
    "reports/models.py: say.join(wrong[:3]) or said(finding.reason, say.lang) or say(f'verdict.{finding.verdict}')",
}
# What stands in a hole of another sentence where nothing else is known.
INNER = {"no message", "any connection"}


def is_chinese(text):
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def test_every_reason_can_be_said_in_chinese():
    """Each message that can become a reason or an error has Chinese, with every value still in it."""
    silent = [
        f"{one.place}: {one.text}"
        for one in MESSAGES
        if not is_chinese(said(one.text, "zh")) or not all(value in said(one.text, "zh") for value in one.values)
    ]

    assert [] == silent


def test_the_walk_sees_every_message():
    """Only messages made elsewhere escape the walk, so that a new kind of raising cannot hide from it."""
    assert ELSEWHERE == set(UNREAD)
    assert len(MESSAGES) > 100


def test_sentences_for_errors_of_sqlite_have_chinese():
    """What stands in place of SQLite's own complaint has Chinese."""
    assert all(is_chinese(said(plain, "zh")) for plain in complaints._PLAIN.values())


def test_no_entry_is_stale():
    """Every sentence of ours in the catalogue is one that the program still says."""
    texts = [*(one.text for one in MESSAGES), *complaints._PLAIN.values()]
    forms = {english: re.compile(HOLE.sub(".+?", re.escape(english).replace(r"\{", "{").replace(r"\}", "}"))) for english, _ in OWN}
    stale = {english for english, form in forms.items() if not any(form.search(text) for text in texts)}

    assert INNER == stale


@pytest.mark.parametrize("pair", [*OWN, *WRITTEN, *FOREIGN], ids=lambda pair: pair[0][:40])
def test_both_languages_name_the_same(pair):
    """The Chinese has the same holes as the English, and is Chinese."""
    english, chinese = pair

    assert sorted(HOLE.findall(english)) == sorted(HOLE.findall(chinese))
    assert is_chinese(chinese)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "the loaded nftables rules can be read by root only: run as root to observe it",
            "已加载的 nftables 规则 仅 root 可读：请以 root 身份运行后再检查",
        ),
        ("cannot read /etc/x: Permission denied", "无法读取 /etc/x：权限不足"),
        ("no such table: user; did you mean users?", "没有此表：user；是否应为 users？"),
        ("no such column: nmae", "没有此列：nmae"),
        ("3 of 7 rows could not say", "7 行中有 3 行无法判定"),
        ("/x/l.db: cannot open the ledger: [Errno 20] Not a directory: '/x'", "/x/l.db：无法打开台账：不是目录：'/x'（错误码 20）"),
        ("sshd -T failed (1): no message", "sshd -T 执行失败（退出码 1）：没有错误信息"),
        ("a sentence nobody wrote", "a sentence nobody wrote"),
    ],
)
def test_a_reason_in_chinese(english, chinese):
    """A message is said whole, its inner cause and its hint too; an unknown one stays as it is."""
    assert chinese == said(english, "zh")
    assert english == said(english, "en")


def test_many_reasons_are_said_in_no_time():
    """Thirty thousand different reasons take no second, and no text of a device can make one take long."""
    started = time.process_time()
    for number in range(30_000):
        said(f"/proc/{number}/environ can be read by root only: run as root to observe it", "zh")
    said(" failed (" * 10_000, "zh")
    said("x failed (" * 399, "zh")

    assert time.process_time() - started < 3
