# SPDX-License-Identifier: Apache-2.0
"""What a newcomer reads who types nothing but `bin/menshen`."""

from __future__ import annotations

from menshen import __version__
from menshen.language import say

EN = """\
Menshen {version}: keeps a call centre's PCs and server room the way its banks demand, and proves it.

What to do next:
  menshen audit                          look at this machine and say what is met and what is not
  menshen audit --report report.pdf      the same, and the bank's checklist report (Chinese; --lang en for English)
  menshen demo -o demo                   an imagined site with good and bad days: what it all looks like, in a minute
  menshen controls                       every rule, with the clause of the bank it comes from
  menshen query "SELECT * FROM users"    ask a subject anything in SQL, in osquery's words
  menshen drift --since 2026-11-01       what moved since then
  menshen COMMAND --help                 more about a command

Audit only reads. What it saw is remembered in the ledger, {ledger}.
"""
ZH = """\
门神 {version}：让催收场所的终端和机房符合银行要求，并能自证。

接下来可以：
  menshen audit                          检查本机，逐条给出结论
  menshen audit --report report.pdf      同上，并生成银行检查清单报告（默认中文）
  menshen demo -o demo                   生成一个虚拟场所的演示数据与报告，一分钟看全貌
  menshen controls                       列出全部控制项及其对应的银行条款
  menshen query "SELECT * FROM users"    用 SQL（osquery 方言）查询对象
  menshen drift --since 2026-11-01       查看此后发生的变化
  menshen 命令 --help                    查看某个命令的说明

检查只读取、不改动系统。结果记入台账：{ledger}
"""


def welcome() -> str:
    """Give the greeting in the reader's language."""
    from menshen.settings import ledger_path

    return say(EN, ZH).format(version=__version__, ledger=ledger_path())
