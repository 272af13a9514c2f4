# SPDX-License-Identifier: Apache-2.0
"""The words of a work order, Chinese and English side by side."""

from __future__ import annotations

from typing import Final

ORDER: Final[dict[str, tuple[str, str]]] = {
    "order.title": ("固件（BIOS）人工处理工单", "Firmware work order"),
    "order.asset": ("资产编号", "Asset number"),
    "order.subject": ("对象", "Subject"),
    "order.site": ("场所", "Site"),
    "order.model": ("厂商与型号", "Maker and model"),
    "order.why": ("为何须人工处理", "Why by hand"),
    "order.steps": ("步骤（完成后勾选）", "Steps (tick when done)"),
    "order.result": ("结果", "Result"),
    "order.good": ("合格", "pass"),
    "order.bad": ("不合格", "fail"),
    "order.photo": ("照片编号", "Photo no."),
    "order.note": ("备注", "Note"),
    "order.name": ("姓名", "Name"),
    "order.date": ("日期", "Date"),
    "order.sign": ("签字", "Signature"),
    "order.scan": ("扫码得对象名", "Scan for the subject"),
    "order.nothing": ("没有须人工处理的机器。", "No machine needs hands."),
    "order.made": ("生成于 {at}", "Made {at}"),
    # per model, in the report
    "models.title": ("按型号统计", "By model"),
    "models.model": ("型号", "Model"),
    "models.met": ("符合/总数", "Met/all"),
    "models.grades": ("证据等级", "Evidence"),
    "models.missing": ("未符合的机器及原因", "Not met, and why"),
    "models.more": ("另有 {n} 台", "{n} more"),
    "models.unknown": ("型号未知", "model not known"),
    "grade.set": ("已设置", "set"),
    "grade.certificate": ("证书认证", "certificate"),
    "grade.by_hand": ("人工检查（照片）", "by hand (photo)"),
    "grade.read": ("读取设置", "read from the machine"),
    "grade.not_set": ("未设置", "not set"),
    "grade.unknown_vendor": ("厂商接口未知", "unknown vendor"),
    "grade.interface_broken": ("接口不可用", "interface broken"),
    "grade.pending_reboot": ("待重启生效", "restart pending"),
    "grade.set_not_ours": ("已设置但非本方版本", "set, but not ours"),
    "order.page": ("第 {number} 页，共 {total} 页", "Page {number} of {total}"),
}
