# SPDX-License-Identifier: Apache-2.0
"""What is wrong with the files of a site (inventory values, exceptions, the cover), in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

WRITTEN: Final[tuple[tuple[str, str], ...]] = (
    # exceptions for one device
    ("no serial number: every device of this model is let in", "没有序列号：同型号设备均会放行"),
    (
        "the serial number {serial} is a maker's filler, not unique: other devices of this model may be let in",
        "序列号 {serial} 是厂商的填充值，并不唯一：同型号的其他设备也可能被放行",
    ),
    # values of the inventory
    ("{control}: unknown parameter {name}", "{control}：没有参数 {name}"),
    (
        "{control}: {value} is looser than {limit} ({who}); only an exception can allow it",
        "{control}：{value} 比 {limit}（{who}）宽松；只有经批准的例外才允许",
    ),
    (
        "{control}: {value} differs from {limit} ({who}); only an exception can allow it",
        "{control}：{value} 与 {limit}（{who}）不同；只有经批准的例外才允许",
    ),
    (
        "{control}: {name} cannot be merged: {values}, and it has no rule strictest",
        "{control}：{name} 无法合并：{values}，且未规定何者更严",
    ),
    ("{control}: {value} is outside {range}", "{control}：{value} 超出范围 {range}"),
    ("{control}: {value} is not among {choices}", "{control}：{value} 不在可选值之内：{choices}"),
    ("{control}: {value} is empty: nothing would be looked at", "{control}：{value} 为空：将没有任何内容受到检查"),
    ("{control}: {value} is not a whole number", "{control}：{value} 不是整数"),
    ("{control}: {value} is not a number", "{control}：{value} 不是数字"),
    ("{control}: {value} is not true or false", "{control}：{value} 不是 true 或 false"),
    ("{control}: {value} is not text", "{control}：{value} 不是文本"),
    ("{control}: {value} is not a list", "{control}：{value} 不是列表"),
    ("{control}: {value} names a member twice", "{control}：{value} 中有重复成员"),
    # exceptions
    ("duplicate id {id}", "编号重复：{id}"),
    ("until {until} is before from {start}", "截止日 {until} 早于起始日 {start}"),
    ("unknown control {control}", "没有此控制项：{control}"),
    ("write each exception on lines of its own", "每项例外应各占若干行书写"),
    # channels of alerts
    ("duplicate name {name}", "名称重复：{name}"),
    ("a password is not sent without TLS: use starttls or tls", "没有 TLS 时不发送密码：请用 starttls 或 tls"),
    ("user and password belong together", "user 与 password 须同时填写"),
    ("{key} must be a time such as {time}, not {value}", "{key} 应为时刻（如 {time}），不能是 {value}"),
    ("{key} must be one line of text", "{key} 应为一行文本"),
    ("{key} must be a port, 1 to 65535, not {value}", "{key} 应为端口号（1 至 65535），不能是 {value}"),
    (
        "{key} must name where the secret is: {env: NAME}, {file: PATH} or {vault: NAME}",
        "{key} 应指明密钥所在：{env: 变量名}、{file: 路径} 或 {vault: 名称}",
    ),
    ("must be a URL such as https://host/path", "应为 URL（如 https://host/path）"),
    ("must be https, or say plain_http: true", "应为 https，或注明 plain_http: true"),
    ("{key} must be a URL such as https://host/path", "{key} 应为 URL（如 https://host/path）"),
    ("{key} must be https, or say plain_http: true", "{key} 应为 https，或注明 plain_http: true"),
    ("must be a mapping with a kind", "应为含 kind 的映射"),
    # the shape of a file
    ("cannot be read: {error}", "无法读取：{error}"),
    ("not UTF-8 text", "不是 UTF-8 文本"),
    ("not YAML: {error}", "不是有效的 YAML：{error}"),
    ("{key} is missing", "缺少 {key}"),
    ("unknown key {key}", "没有此项：{key}"),
    ("a second key {key}; the first is on line {line}", "{key} 重复；首次出现在第 {line} 行"),
    ("must be a mapping", "应为映射（键: 值）"),
    ("must be a list", "应为列表"),
    ("must be text", "应为文本"),
    ("must not be empty", "不能为空"),
    ("{key} must be a mapping", "{key} 应为映射（键: 值）"),
    ("{key} must be a list", "{key} 应为列表"),
    ("{key} must be text", "{key} 应为文本"),
    ("{key} must not be empty", "{key} 不能为空"),
    ("{key} must name at least {number}", "{key} 至少须有 {number} 项"),
    ("{key} must be one of {known}, not {value}", "{key} 应为其中之一：{known}，不能是 {value}"),
    ("{key} must be a date such as {day}, not {value}", "{key} 应为日期（如 {day}），不能是 {value}"),
    ("{key} must be a name in snake_case, not {value}", "{key} 应为小写字母加下划线的名称，不能是 {value}"),
    # the outage plan
    ("a second tier {name}", "重复的级别 {name}"),
    ("{name} is a reserved name", "{name} 是保留名称"),
    ("the monitor ends itself by a command", "监控机须以命令自行关机"),
    ("needs either a playbook or a command", "须写明 playbook 或 command 之一"),
    ("a playbook needs tags: which of its plays are meant", "playbook 须写明 tags（执行其中哪些部分）"),
    ("{name} is never to be touched", "{name} 列在 never 中，不得操作"),
    ("{name} is the monitor: it goes last, by itself", "{name} 是监控机，须最后自行关机"),
    ("no supply is named for {name}", "supplies 中没有 {name} 的供电关系"),
    ("{name} needs more UPSes than it has", "{name} 所需 UPS 数多于其所接 UPS 数"),
    ("the inventory has no {name}", "主机清单中没有 {name}"),
    ("{name} is a {kind}, not a UPS", "{name} 是 {kind}，不是 UPS"),
    ("must be [lowest, highest], not {value}", "应写作 [最低, 最高]，而非 {value}"),
    ("{key} must be [lowest, highest], not {value}", "{key} 应写作 [最低, 最高]，而非 {value}"),
    ("must be a number from {low} to {high}, not {value}", "应为 {low} 至 {high} 之间的数，而非 {value}"),
    ("{key} must be a number from {low} to {high}, not {value}", "{key} 应为 {low} 至 {high} 之间的数，而非 {value}"),
)
