# SPDX-License-Identifier: Apache-2.0
"""Why a server's management controller was not observed, in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

REDFISH: Final[tuple[tuple[str, str], ...]] = (
    ("{place} does not let {user} see {path}", "{place} 不允许 {user} 查看 {path}"),
    ("{place} answers {path} with HTTP {status}", "{place} 对 {path} 返回 HTTP {status}"),
    ("{place} refused it (HTTP {status}): {reason}", "{place} 拒绝（HTTP {status}）：{reason}"),
    ("{place} does not let {user} in", "{place} 不允许 {user} 登录"),
    ("{place} names a path that is none of Redfish", "{place} 给出的路径不属于 Redfish"),
    ("{place} does not answer by Redfish: {reason}", "{place} 未以 Redfish 应答：{reason}"),
    ("{place} sends more than {limit} bytes in one document", "{place} 单个文档超过 {limit} 字节"),
    ("{place} sends what is no JSON", "{place} 返回的不是 JSON"),
    ("{place} shows a certificate that cannot be trusted: {reason}", "{place} 出示的证书不可信：{reason}"),
    ("{place} cannot be reached by Redfish: {reason}", "无法以 Redfish 连接 {place}：{reason}"),
    ("{place} shows another certificate than the known one", "{place} 出示的证书与已知的不同"),
    (
        "{place} has {count} systems: name one (menshen_redfish_system)",
        "{place} 有 {count} 个系统：请指明一个（menshen_redfish_system）",
    ),
    ("{place} takes no BIOS settings", "{place} 不接受 BIOS 设置"),
    ("{place} took {names} without complaint, and without effect", "{place} 接受了 {names}，但没有生效"),
    ("{place} changes no BIOS passwords", "{place} 不能修改 BIOS 密码"),
)
