# SPDX-License-Identifier: Apache-2.0
"""Why an alert could not be sent, in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

NOTIFY: Final[tuple[tuple[str, str], ...]] = (
    ("{server} does not let {user} log on (SMTP {code})", "{server} 拒绝 {user} 登录（SMTP {code}）"),
    ("{server} did not take the mail: {why}", "{server} 未接受邮件：{why}"),
    ("{server} refused {recipients}", "{server} 拒绝以下收件人：{recipients}"),
    ("the certificate of {host} is not trusted: {why}", "{host} 的证书不受信任：{why}"),
    ("no TLS with {host}: {why}", "无法与 {host} 建立 TLS 连接：{why}"),
    ("{host} does not answer in time", "{host} 未及时应答"),
    ("{host} is not reached: {what}", "连不上 {host}：{what}"),
    ("{host} is no name of a host", "{host} 不是主机名"),
    ("{host} answers HTTP {status}", "{host} 返回 HTTP {status}"),
    ("{host} does not answer as a robot of {kind} does", "{host} 的应答不符合 {kind} 机器人格式"),
    ("{host} refuses the message: {word} {code}", "{host} 拒绝了消息：{word} {code}"),
    ("{host} does not speak HTTP: {what}", "{host} 的应答不是 HTTP：{what}"),
    ("the address of the {kind} {what}", "{kind} 的地址{what}"),
    ("no vault to read {name} from", "没有可读取 {name} 的 vault"),
    ("the secret {kind} {place} is empty", "密钥 {kind} {place} 为空"),
    ("the environment has no {place}", "环境变量 {place} 未设置"),
    ("the secret file {path} cannot be read: {what}", "密钥文件 {path} 无法读取：{what}"),
    (
        "to read {name} from the vault, ANSIBLE_VAULT_PASSWORD_FILE must name its password file",
        "要从 vault 读取 {name}，须由 ANSIBLE_VAULT_PASSWORD_FILE 指明其密码文件",
    ),
    ("the vault {path} cannot be read", "无法读取 vault {path}"),
    ("the vault {path} has no {name}", "vault {path} 中没有 {name}"),
    ("{path}: cannot open the state of alerts: {error}", "{path}：无法打开告警状态文件：{error}"),
    ("{path}: cannot write the state of alerts: {error}", "{path}：无法写入告警状态文件：{error}"),
)
