# SPDX-License-Identifier: Apache-2.0
"""Every word a report says of its own, in Chinese and English side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reports.words_drill import DRILL
from reports.words_notices import NOTICES
from reports.words_order import ORDER
from reports.words_pages import PAGES
from reports.words_registers import REGISTERS

Language = Literal["zh", "en"]

# Key: (zh, en). A name in braces is filled in; both languages have the same names.
COMMON: dict[str, tuple[str, str]] = {
    # verdicts of one control on one subject
    "verdict.pass": ("符合", "Met"),
    "verdict.fail": ("不符合", "Not met"),
    "verdict.unknown": ("未观测", "Not observed"),
    "verdict.not_applicable": ("不适用", "Not applicable"),
    "verdict.error": ("检查出错", "Check failed to run"),
    "verdict.excepted": ("例外", "Excepted"),
    "verdict.manual_due": ("待人工检查", "Inspection due"),
    # marks of a control or an item over all its subjects
    "mark.met": ("符合", "Met"),
    "mark.partly_met": ("部分符合", "Partly met"),
    "mark.not_met": ("不符合", "Not met"),
    "mark.excepted": ("例外", "Excepted"),
    "mark.not_observed": ("未观测", "Not observed"),
    "mark.inspection_due": ("待人工检查", "Inspection due"),
    "mark.document_missing": ("待提供文件", "Document missing"),
    "mark.not_applicable": ("不适用", "Not applicable"),
    "mark.error": ("检查出错", "Check failed to run"),
    "excepted_until": ("例外（有效期至 {until}）", "Excepted (until {until})"),
    # severities
    "severity.critical": ("严重", "Critical"),
    "severity.high": ("高", "High"),
    "severity.medium": ("中", "Medium"),
    "severity.low": ("低", "Low"),
    # kinds of subjects
    "kind.linux": ("Linux 主机", "Linux machines"),
    "kind.windows": ("Windows 主机", "Windows machines"),
    "kind.domain": ("域", "Domains"),
    "kind.ups": ("UPS 不间断电源", "UPS units"),
    "kind.sensor": ("环境传感器", "Sensors"),
    "kind.network_device": ("网络设备", "Network devices"),
    "kind.nvr": ("录像设备", "Camera recorders"),
    "kind.site": ("场所", "Sites"),
    # where a value comes from
    "origin.default": ("控制项默认值", "default of the control"),
    "origin.baseline": ("基线 {name}", "baseline {name}"),
    "origin.bank": ("基线 {name}（{bank}）", "baseline {name} ({bank})"),
    "origin.inventory": ("本单位清单（更严）", "inventory (stricter)"),
    "origin.exception": ("例外批准值", "value allowed by an exception"),
    "origin.clause": ("{origin}，{clause}", "{origin}, {clause}"),
    "origin.merged": ("{origin}；合并自 {others}", "{origin}; merged from {others}"),
    "origin.merged_one": ("{who} {value}", "{who} {value}"),
    # by which means something was looked at
    "source.none": ("未连通（{way}）", "not reached ({way})"),
    # values
    "value.true": ("是", "yes"),
    "value.false": ("否", "no"),
    "value.none": ("无", "none"),
    "value.pair": ("{name}：{value}", "{name}: {value}"),
    "unit.s": ("秒", "s"),
    "unit.seconds": ("秒", "seconds"),
    "unit.min": ("分钟", "min"),
    "unit.minutes": ("分钟", "minutes"),
    "unit.h": ("小时", "h"),
    "unit.hours": ("小时", "hours"),
    "unit.d": ("天", "d"),
    "unit.days": ("天", "days"),
    "unit.months": ("个月", "months"),
    "unit.years": ("年", "years"),
    "unit.attempts": ("次", "attempts"),
    "unit.points": ("分", "points"),
    "unit.px": ("线", "lines"),
    "unit.characters": ("个字符", "characters"),
    "unit.percent": ("%", "%"),
    "list.comma": ("、", ", "),
    "list.semicolon": ("；", "; "),
    "none": ("无", "None"),
    "none_because": ("无：{reason}", "None: {reason}"),
    "more_members": ("{shown} 等共 {n} 项", "{shown} and others, {n} in all"),
    "more_rows": ("另有 {n} 行", "more rows: {n}"),
    "more_text": ("……（共 {n} 字，余见随附证据）", "… ({n} characters in all; the rest is in the attached evidence)"),
    "no_evidence": ("（无证据行）", "(no evidence row)"),
    "never": ("从未", "never"),
    "unknown_time": ("不详", "not known"),
    # what happens while a report is made
    "progress.fonts": ("正在准备中文字体（仅首次，约十秒）", "Preparing the Chinese fonts (first time only, about ten seconds)"),
    "progress.pages": ("正在排版报告", "Laying out the report"),
    "progress.save": ("正在写入报告", "Writing the report"),
}

WORDS: dict[str, tuple[str, str]] = {**COMMON, **PAGES, **REGISTERS, **NOTICES, **DRILL, **ORDER}


@dataclass(frozen=True, slots=True)
class Say:
    """Speak one language: `say("more_rows", n=3)`."""

    lang: Language

    def __call__(self, key: str, **values: object) -> str:
        """Give the words of `key` with its names filled in.

        Raises:
            KeyError: no such key, or a name of it is missing: a defect of the program.
        """
        text = WORDS[key][0 if self.lang == "zh" else 1]
        return text.format(**values) if values else text

    def unit(self, unit: str) -> str:
        """Give the word of a unit, or the unit as the control writes it."""
        return self(f"unit.{unit}") if f"unit.{unit}" in WORDS else unit

    def join(self, parts: list[str]) -> str:
        """Join parts of an enumeration."""
        return self("list.comma").join(parts)
