# SPDX-License-Identifier: Apache-2.0
"""What the hub and the way to osqueryd say, in Chinese."""

from __future__ import annotations

from typing import Final

HUB: Final[tuple[tuple[str, str], ...]] = (
    ("no osqueryd has enrolled as this host yet", "尚无 osqueryd 以此主机身份登记"),
    (
        "no report from this host since {since}; it counts as unknown after {hours} h",
        "自 {since} 起未收到此主机的报告；超过 {hours} 小时即视为未知",
    ),
    ("the host that reports as this one waits for review: {what}", "以此身份报告的终端待人工核对：{what}"),
    ("the host has not answered this control yet", "此主机尚未回答此控制项"),
    (
        "the host has not answered this control since its values or its query changed",
        "此控制项的取值或查询改变后，此主机尚未回答",
    ),
    ("the host reports, but has not answered this control since {since}", "此主机仍在报告，但自 {since} 起未回答此控制项"),
    (
        "this host reports to the hub by itself: ask it with `menshen query --subjects`",
        "此主机自行向集中服务报告：请用 menshen query --subjects 查询",
    ),
    (
        "osqueryd here has no table {name}: Menshen's extension does not run beside it",
        "此处的 osqueryd 没有表 {name}：Menshen 扩展未随其运行",
    ),
    (
        "osqueryd sent the rows of a snapshot one by one or broken (logger_snapshot_event_type must be off)",
        "osqueryd 把快照逐行发送或内容损坏（须关闭 logger_snapshot_event_type）",
    ),
    (
        "osqueryd refuses this query for a day, since it was stopped while it ran (denylisted)",
        "osqueryd 在一天内拒绝执行此查询，因其曾在运行时被中止（列入禁止名单）",
    ),
    ("osqueryd here cannot answer: {error}", "此处的 osqueryd 无法回答：{error}"),
    ("osqueryd could not run the query: {error}", "osqueryd 无法执行此查询：{error}"),
    ("osqueryd did not answer: {error}", "osqueryd 没有回答：{error}"),
    ("table {name} was queried without a required column in the WHERE clause", "查询表 {name} 时 WHERE 子句缺少必须限定的列"),
    ("{path}: cannot open the hub's database: {error}", "{path}：无法打开集中服务的数据库：{error}"),
    ("cannot reach the hub's database: {error}", "无法连接集中服务的数据库：{error}"),
    ("the hub's database refused: {error}", "集中服务的数据库拒绝：{error}"),
    (
        "the hub's database is of version {version}; this Menshen reads version {own}",
        "集中服务的数据库版本为 {version}；本程序读取版本 {own}",
    ),
    ("too many requests wait for the disk", "等待写盘的请求过多"),
    ("{files}: not usable as certificate and key: {error}", "{files}：不能用作证书与私钥：{error}"),
    ("two machines report as this one (cloned disk or identifier)", "两台机器以同一身份报告（磁盘或标识被克隆）"),
    ("another machine already has this identifier", "另一台机器已使用此标识"),
    ("{subject} is another machine already", "{subject} 已对应另一台机器"),
    ("several hosts of the inventory fit", "主机清单中有多台主机相符"),
    ("its secret is of another site", "其登记口令属于另一场所"),
    ("no host of the inventory fits", "主机清单中没有相符的主机"),
    ("a person gave its name to another machine", "其名称已由人员指定给另一台机器"),
)
