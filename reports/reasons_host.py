# SPDX-License-Identifier: Apache-2.0
"""Why a host or site could not be looked at, in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

HOST: Final[tuple[tuple[str, str], ...]] = (
    # rights
    ("{what} can be read by root only: run as root to observe it", "{what} 仅 root 可读：请以 root 身份运行后再检查"),
    ("the list of AppArmor profiles ({path})", "AppArmor 配置清单（{path}）"),
    ("the loaded nftables rules", "已加载的 nftables 规则"),
    ("the effective configuration of sshd", "sshd 的实际生效配置"),
    # files and folders
    ("cannot look at {path}: {error}", "无法查看 {path}：{error}"),
    ("cannot list {folder}: {error}", "无法列出目录 {folder}：{error}"),
    ("cannot read {path}: {error}", "无法读取 {path}：{error}"),
    ("{path} is damaged: {error}", "{path} 已损坏：{error}"),
    ("{path} holds more than {limit} bytes", "{path} 解压后超过 {limit} 字节"),
    ("{path} is larger than {limit} bytes", "{path} 超过 {limit} 字节"),
    ("{path} includes more than {limit} files", "{path} 引用的文件超过 {limit} 个"),
    ("{path} is not a text file", "{path} 不是文本文件"),
    ("{path} is no regular file", "{path} 不是普通文件"),
    ("{path} is not a repository file: {error}", "{path} 不是有效的软件源文件：{error}"),
    ("{path} is no JSON: {error}", "{path} 不是 JSON：{error}"),
    ("{path} is no JSON object", "{path} 不是 JSON 对象"),
    (
        "{column} must be compared with = or LIKE, so that it is known which files to read",
        "查询须用 = 或 LIKE 限定 {column}，以便确定读取哪些文件",
    ),
    # what the host does not have
    ("{path} is not there: the host has no proc file system, or hides it", "{path} 不存在：该主机没有 proc 文件系统，或已将其隐藏"),
    (
        "neither {sparse} nor {database} exists: the host does not record log-ons",
        "{sparse} 与 {database} 均不存在：该主机不记录登录",
    ),
    ("this machine does not show its firmware ({path})", "本机不提供固件信息（{path}）"),
    (
        "the firmware shows no UEFI boot order (started in BIOS mode, or not a whole machine): look at it in its set-up",
        "固件未提供 UEFI 启动顺序（以 BIOS 方式启动，或并非完整主机）：请进入固件设置界面人工查看",
    ),
    (
        "the addresses of interfaces stand in no file: they can be asked on the running host only",
        "网卡地址不保存在文件中：只能在运行中的主机上查询",
    ),
    (
        "dconf update has not been run since {folder} was changed: run it, or sessions do not see these settings",
        "{folder} 修改后尚未执行 dconf update：请执行，否则这些设置对用户会话不生效",
    ),
    ("the PAM service {service} unfolds into more than {limit} rules", "PAM 服务 {service} 展开后超过 {limit} 条规则"),
    # tools
    ("{tool} is not on this host", "该主机没有 {tool}"),
    ("{tool} did not answer: {error}", "{tool} 没有应答：{error}"),
    ("{command} failed ({code}): {error}", "{command} 执行失败（退出码 {code}）：{error}"),
    ("not in the list of commands a table may run: {command}", "不在允许执行的命令清单中：{command}"),
    ("no message", "没有错误信息"),
    ("{tool} gave a line of an unknown form: {line}", "{tool} 输出了无法识别的一行：{line}"),
    ("{tool} printed a line of an unknown form: {line}", "{tool} 输出了无法识别的一行：{line}"),
    ("nft printed no JSON: {error}", "nft 的输出不是 JSON：{error}"),
    ("nft printed a {kind} of an unknown shape", "nft 输出的 {kind} 结构无法识别"),
    ("nft printed JSON of an unknown shape", "nft 输出的 JSON 结构无法识别"),
    # judging
    ("the condition `when` found no row", "不满足适用条件（条件查询没有结果）"),
    ("the query gave no row", "查询没有返回任何行"),
    ("{silent} of {rows} rows could not say", "{rows} 行中有 {silent} 行无法判定"),
    ("no record", "没有记录"),
    ("the newest record is too old or no longer valid", "最近一次记录已过期或已失效"),
    ("column ok must be 0, 1 or NULL, not {cell}", "ok 列只能是 0、1 或 NULL，不能是 {cell}"),
    (
        "the last column must be named ok, and only it: {columns}",
        "最后一列必须名为 ok，且只有它可用此名：{columns}",
    ),
    # ways to a subject
    ("the file carries no drill record", "文件中没有演练记录"),
    ("the drill record in the file is no JSON", "文件中的演练记录不是 JSON"),
    ("the drill does not come out as the record says: {name}", "重放结果与记录不符：{name}"),
    ("the record has not the shape of a drill: {name}", "记录不是演练记录的格式：{name}"),
    ("the ledger knows no drill {number} with this content", "台账中没有内容相同的演练 {number}"),
    (
        "the file is not the one that was written then: its pages may have been changed",
        "文件与当时生成的不一致：页面可能被改动",
    ),
    ("no history yet at {path}: `menshen watch` keeps one", "{path} 处尚无历史记录：由 menshen watch 生成"),
    ("{path}: cannot open the history: {error}", "{path}：无法打开历史记录：{error}"),
    ("{path}: not a readable history: {error}", "{path}：不是可读取的历史记录：{error}"),
    (
        "{path}: history of version {version}; this Menshen reads version {known}",
        "{path}：历史记录版本为 {version}；此版门神读取版本 {known}",
    ),
    ("no way to observe a subject of kind {kind} by {what} is built in yet", "尚不支持通过{what}检查 {kind} 类对象"),
    ("any connection", "任何连接方式"),
)
