# SPDX-License-Identifier: Apache-2.0
"""What is wrong with the ledger, the fonts and the inventory's values, in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

FILES: Final[tuple[tuple[str, str], ...]] = (
    # the ledger
    ("{path}: no ledger there yet; `menshen audit` makes one", "{path}：尚无台账；运行 menshen audit 即可生成"),
    ("{path}: cannot open the ledger: {error}", "{path}：无法打开台账：{error}"),
    ("{path}: not a readable ledger: {error}", "{path}：不是可读取的台账：{error}"),
    (
        "{path}: ledger of version {version}; this Menshen reads version {known}",
        "{path}：台账版本为 {version}，本程序只支持版本 {known}",
    ),
    ("{path}: a database, but not a ledger of Menshen's", "{path}：是数据库，但不是门神的台账"),
    ("{path}: cannot write to the ledger: {error}", "{path}：无法写入台账：{error}"),
    ("{path}: cannot read the ledger: {error}", "{path}：无法读取台账：{error}"),
    ("{path}: the chain is broken at entry {entry}", "{path}：台账的哈希链在第 {entry} 条记录处断裂"),
    (
        "entry {entry}: the root does not fit the findings of the run of {at}",
        "第 {entry} 条记录：{at} 那次检查的汇总根与其结论不符",
    ),
    (
        "no entry has the head {head}: the ledger was cut or rewritten after that report, or it is another one",
        "没有首部为 {head} 的记录：出报告之后台账被截短或改写，或者不是同一份台账",
    ),
    (
        "{path}: another writer holds the ledger, or it cannot be written: {error}",
        "{path}：台账正被其他进程写入，或无法写入：{error}",
    ),
    # the fonts
    ("cannot prepare the report's fonts: {error}", "无法准备报告所用字体：{error}"),
    ("{path}: another font of this one's name is in use", "{path}：已有同名的其他字体在使用"),
    ("{path}: cannot be used as a font: {error}", "{path}：无法用作字体：{error}"),
)
