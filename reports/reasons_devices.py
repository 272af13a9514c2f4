# SPDX-License-Identifier: Apache-2.0
"""Why a UPS or a sensor could not be looked at, in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

DEVICES: Final[tuple[tuple[str, str], ...]] = (
    # SNMP
    (
        "{place} does not answer SNMP version 3: it is down, unreachable, or a key is wrong",
        "{place} 对 SNMP v3 无应答：设备停机、网络不通，或密钥有误",
    ),
    (
        "{place} does not answer SNMP version {version}: it is down, unreachable, or the community is wrong",
        "{place} 对 SNMP {version} 版无应答：设备停机、网络不通，或团体字有误",
    ),
    ("{place} refuses the SNMPv3 authentication key", "{place} 拒绝 SNMP v3 认证密钥"),
    ("{place} does not know the SNMPv3 user", "{place} 没有此 SNMP v3 用户"),
    ("{place} refuses the SNMPv3 privacy key", "{place} 拒绝 SNMP v3 加密密钥"),
    ("{place} answers SNMP version {version} with {trouble}", "{place} 对 SNMP {version} 版的应答为 {trouble}"),
    (
        "{place} does not let us read: its access rights, or the security level",
        "{place} 不允许读取：访问权限或安全级别不符",
    ),
    ("{place} cannot be asked: {trouble}", "无法查询 {place}：{trouble}"),
    (
        "{place} goes in circles below {root}: it is not an SNMP agent to rely on",
        "{place} 在 {root} 之下循环应答：不是可靠的 SNMP 代理",
    ),
    ("{place} gives more than {limit} values below {root}", "{place} 在 {root} 之下的数据超过 {limit} 项"),
    (
        "the card answers, but has lost the UPS it sits in: what it serves is old",
        "管理卡有应答，但已与所在 UPS 失去联系：其数据已过时",
    ),
    (
        "the device speaks no {kind} MIB known here (sysObjectID {own}, {description})",
        "该设备没有本程序认识的 {kind} MIB（sysObjectID {own}，{description}）",
    ),
    # NUT
    ("NUT at {place} does not answer within {seconds} seconds", "{place} 的 NUT 在 {seconds} 秒内无应答"),
    ("NUT at {place} cannot be reached: {error}", "无法连接 {place} 的 NUT：{error}"),
    ("NUT at {place} broke the connection off", "{place} 的 NUT 中断了连接"),
    ("{place} does not speak NUT's protocol", "{place} 的应答不符合 NUT 协议"),
    ("a name, user or password of NUT holds a line break", "NUT 的名称、用户或口令中含有换行"),
    (
        "NUT at {place} has only stale data of {ups}: its driver has lost the UPS",
        "{place} 的 NUT 只有 {ups} 的过时数据：驱动已与 UPS 失去联系",
    ),
    ("NUT at {place} has no driver running for {ups}", "{place} 的 NUT 没有运行 {ups} 的驱动"),
    ("NUT at {place} serves no UPS named {ups}", "{place} 的 NUT 没有名为 {ups} 的 UPS"),
    ("NUT at {place} denies access to {ups}", "{place} 的 NUT 拒绝访问 {ups}"),
    ("NUT at {place} refuses the user or the password", "{place} 的 NUT 拒绝该用户或口令"),
    ("NUT at {place} answers with an error", "{place} 的 NUT 应答出错"),
    ("{origin} table {table} is not served by a {kind}", "{kind} 不提供 {origin} 表 {table}"),
)
