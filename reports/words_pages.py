# SPDX-License-Identifier: Apache-2.0
"""The words of the pages up to the item-by-item answers, in the order of the pages: zh, en."""

from __future__ import annotations

PAGES: dict[str, tuple[str, str]] = {
    # page frame
    "frame.short": ("检查清单报告", "Checklist report"),
    "frame.demonstration": ("演示数据", "DEMONSTRATION DATA"),
    "frame.page_before": ("第 ", "Page "),
    "frame.page_between": (" 页 / 共 ", " of "),
    "frame.page_after": (" 页", ""),
    "frame.ledger": ("台账 {head} · 时间 {offset}", "Ledger {head} · times {offset}"),
    "class.internal": ("内部", "Internal"),
    "class.confidential": ("机密", "Confidential"),
    # cover
    "cover.subtitle": ("供应商安全检查清单 · 逐项核查报告", "Supplier security checklist · item-by-item report"),
    "cover.agency": ("被检查单位", "Agency"),
    "cover.site": ("场所", "Site"),
    "cover.bank": ("委托银行", "Bank"),
    "cover.as_of": ("报告时点", "As of"),
    "cover.period": ("观测期间", "Observed"),
    "cover.blank": ("（未填写）", "(not filled in)"),
    "cover.number": ("报告编号", "Report number"),
    "cover.ledger": ("台账首部", "Ledger head"),
    "cover.version": ("版本", "Version"),
    "cover.class": ("密级", "Classification"),
    "cover.period_value": ("{first} 至 {last}", "{first} to {last}"),
    "cover.signature": ("负责人签字", "Signed for the agency"),
    "cover.date": ("日期", "Date"),
    "cover.demonstration": (
        "本报告由演示数据生成，不代表任何真实单位的状况，不得作为证据使用。",
        "This report was made from demonstration data. It says nothing about any real company and is no evidence.",
    ),
    # contents
    "contents.title": ("目录", "Contents"),
    # 1 summary
    "summary.title": ("一、审计概要", "1  Summary"),
    "summary.results": ("{n} 个检查项的结论", "Results of the {n} items"),
    "summary.sections": ("各部分结论（项数）", "Results by section (items)"),
    "summary.changes": ("与上次报告相比", "Since the last report"),
    "summary.no_previous": ("这是第一份报告，没有可比较的上次报告。", "This is the first report: there is none to compare with."),
    "summary.no_change": ("各项结论与上次报告相同。", "All results are the same as in the last report."),
    "summary.better": ("好转 {n} 项：{items}", "Better ({n}): {items}"),
    "summary.worse": ("变差 {n} 项：{items}", "Worse ({n}): {items}"),
    "summary.open": ("待定 {n} 项：{items}", "Open ({n}): {items}"),
    "summary.new": ("新增 {n} 项：{items}", "New ({n}): {items}"),
    "summary.change": ("{item}（{before} → {after}）", "{item} ({before} → {after})"),
    "summary.worst": ("最需处理的问题", "What needs attention most"),
    "summary.no_worst": (
        "没有观测到不符合项；未观测和待检查的项目见总表。",
        "Nothing observed fails; what was not observed stands in the table of items.",
    ),
    "summary.control": ("控制项", "Control"),
    "summary.severity": ("程度", "Severity"),
    "summary.failing": ("不符合", "Not met"),
    "summary.since": ("最早不符合于", "Failing since"),
    "summary.coverage": ("观测范围与例外", "Coverage and exceptions"),
    "coverage.subjects": ("清单内对象 {total} 个，已观测 {seen} 个。", "Subjects of the inventory: {total}; observed: {seen}."),
    "coverage.unseen": ("从未观测：{names}。", "Never observed: {names}."),
    "coverage.oldest": (
        "最久未更新的观测：{subject}，{time}，距报告时点 {hours} 小时。",
        "Oldest latest observation: {subject}, {time}, {hours} hours before this report.",
    ),
    "coverage.and_more": ("{names} 等 {n} 个", "{names} and others, {n} in all"),
    "summary.exceptions_some": (
        "{n} 项例外在报告时点有效，见“例外登记”。",
        "Exceptions in force: {n}; see the exception register.",
    ),
    "summary.exceptions_none": ("报告时点没有生效的例外。", "No exception is in force at the time of this report."),
    # the roll-up rule
    "rule.title": ("结论如何得出", "How a result comes about"),
    "rule.1": (
        (
            "符合：该项全部控制均已观测，没有不符合，也没有待定内容。"
            "检查出错、未观测、待人工检查、待提供文件均为待定，一律在结论旁注明。"
        ),
        (
            "Met: every control of the item was observed, none fails and nothing is open. An error, something not observed,"
            " an inspection due or a document missing is open and always named beside the result."
        ),
    ),
    "rule.2": (
        "不符合：严重程度为“严重”的控制在任一对象上不符合，或能够判定的全部不符合。",
        "Not met: a control of severity critical fails anywhere, or all that could be judged fails.",
    ),
    "rule.3": (
        "部分符合：有不符合，也有符合，且不涉及严重程度为“严重”的控制。",
        "Partly met: some fail and some are met, and no control of severity critical fails.",
    ),
    "rule.4": (
        "没有不符合而有待定时，以其中最重者为结论：依次为检查出错、未观测、待人工检查、待提供文件。",
        (
            "With no failure but something open, the gravest of it is the result: an error, then not observed, inspection due,"
            " document missing."
        ),
    ),
    "rule.5": (
        "例外：经批准且在有效期内的偏离，既不计入符合也不计入不符合，逐条列出。没有控制项回答的检查项记为未观测。",
        (
            "Excepted: an approved deviation that has not expired counts neither as met nor as failed, and each is listed."
            " An item that no control answers is not observed."
        ),
    ),
    # 2 checklist
    "checklist.title": ("二、检查清单总表", "2  The checklist"),
    "checklist.number": ("编号", "No."),
    "checklist.item": ("检查项", "Item"),
    "checklist.supply": ("需提供", "To be supplied"),
    "checklist.result": ("结论", "Result"),
    "checklist.remark": ("说明", "Remark"),
    "checklist.page": ("页", "Page"),
    "checklist.gap": (
        "编号 {number}：银行清单中没有此项，编号照原样保留。",
        "Number {number}: the bank's list has no such item; its numbering is kept.",
    ),
    "remark.nothing": ("没有控制项回答此项。", "No control answers this item."),
    "remark.failing": ("{controls} 项控制不符合，涉及 {subjects} 个对象", "controls not met: {controls} (subjects: {subjects})"),
    "remark.error": ("{n} 次检查出错", "checks failed to run: {n}"),
    "remark.unknown": ("{n} 次未观测", "not observed: {n}"),
    "remark.inspection": ("{n} 项待人工检查", "inspections due: {n}"),
    "remark.document": ("{n} 份文件待提供", "documents missing: {n}"),
    "remark.excepted": ("{n} 个对象例外", "subjects excepted: {n}"),
    "remark.met": ("{n} 次检查全部符合", "all {n} checks met"),
    "remark.inapplicable": ("不适用于清单内的对象", "applies to no subject of the inventory"),
    # 3 items
    "items.title": ("三、逐项说明", "3  Item by item"),
    "items.asks": ("银行要求提供", "Asked for"),
    "items.clauses": ("涉及条款", "Clauses"),
    "items.result": ("结论", "Result"),
    "items.also": ("另有：{marks}", "also: {marks}"),
    "items.before": ("上次报告：{mark}", "last report: {mark}"),
    "items.no_controls": ("无：目录中没有控制项回答此项。", "None: no control of the catalogue answers this item."),
    "items.control": ("控制项、取值及来源", "Control, its values and their source"),
    "items.observed": ("观测方式与时间", "Observed by, at"),
    "items.pass": ("符合", "Met"),
    "items.fail": ("不符", "Fail"),
    "items.other": ("未定", "Open"),
    "items.verdict": ("结论", "Result"),
    "items.value": ("{value}（{origin}）", "{value} ({origin})"),
    "items.value_subjects": ("{n} 个对象：{value}", "Subjects ({n}): {value}"),
    "items.counts_also": ("例外 {excepted}，不适用 {inapplicable}", "excepted {excepted}, not applicable {inapplicable}"),
    "items.not_looked": ("尚无观测", "Not observed yet"),
    "items.span": ("{first} 至 {last}", "{first} to {last}"),
    "items.reason": ("{verdict}，{n} 个对象：{reason}", "{verdict}, subjects ({n}): {reason}"),
    "items.no_reason": ("原因未记录", "no reason recorded"),
    "items.more_reasons": ("另有 {n} 种原因", "Further reasons: {n}"),
    "items.failing": ("不符合的对象：{control}", "Not met: {control}"),
    "items.expected": ("应为：{expected}", "Expected: {expected}"),
    "items.subject": ("对象", "Subject"),
    "items.should": ("应为", "Expected"),
    "items.actual": ("实测", "Found"),
    "items.since": ("首次不符合", "Failing since"),
    "items.last_good": ("上次符合", "Last met"),
    "items.more_subjects": ("另有 {n} 台（个），见附录", "More subjects ({n}): see the appendix"),
    "items.inspected": ("检查记录：{at}，{result}，{inspector}", "On record: {at}, {result}, {inspector}"),
    "items.filed": (
        "已归档：{name}，版本 {version}，{owner}，{approved}",
        "On file: {name}, version {version}, {owner}, {approved}",
    ),
    "items.shown_at": ("{control}：明细见检查项 {item}", "{control}: details stand under item {item}"),
    "items.inspect": ("检查内容：{what}（每 {days} 天）", "To look at: {what} (every {days} days)"),
    "items.document": ("所需文件：{what}（每 {days} 天复核）", "Paper: {what} (reviewed every {days} days)"),
}
