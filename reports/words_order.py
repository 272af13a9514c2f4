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
    "order.page": ("第 {number} 页，共 {total} 页", "Page {number} of {total}"),
}
