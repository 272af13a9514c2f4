# SPDX-License-Identifier: Apache-2.0
"""What WinRM and the tables of Windows say when they cannot say more, in both languages."""

from __future__ import annotations

from typing import Final

_LOG_ON: Final = (
    (
        "{where} lets nobody in with this certificate: no account there is mapped to it",
        "{where} 不接受此证书：该机上没有与之对应的账户",
    ),
    (
        "{where} refuses {user}: wrong password, locked account, or {transport} is switched off",
        "{where} 拒绝 {user} 登录：口令错误、账户已锁定，或该机未开启 {transport}",
    ),
    (
        "{where} gives {user} no shell: it is no administrator there",
        "{where} 不允许 {user} 打开远程会话：该账户不是那里的管理员",
    ),
    ("{where} has too many remote shells open: try again later", "{where} 打开的远程会话过多：请稍后再试"),
    ("the WinRM service of {where} answers with fault {code}", "{where} 的 WinRM 服务返回错误 {code}"),
    ("{where} breaks off the log-on: {reason}", "{where} 中断了登录：{reason}"),
    ("no way to {where}: {reason}", "无法到达 {where}：{reason}"),
)
_LINE: Final = (
    (
        "{where} does not answer: is it on, and is its firewall open for WinRM?",
        "{where} 没有应答：是否已开机？其防火墙是否放行 WinRM？",
    ),
    ("{where} does not answer: is it on, and is WinRM started there?", "{where} 没有应答：是否已开机？其 WinRM 服务是否已启动？"),
    ("{where} answers, but not as WinRM does (HTTP {code})", "{where} 有应答，但不是 WinRM 的应答（HTTP {code}）"),
    ("{where} answers, but not as WinRM does: {fault}", "{where} 有应答，但不是 WinRM 的应答：{fault}"),
    ("nobody knows the address of {where}", "无法解析 {where} 的地址"),
    ("{where} sent more than {limit} bytes", "{where} 发来的数据超过 {limit} 字节"),
    ("{where} refuses our certificate: it has expired", "{where} 拒绝本机证书：证书已过期"),
    ("{where} refuses our certificate", "{where} 拒绝本机证书"),
    ("the certificate of {where} has expired", "{where} 的证书已过期"),
    (
        "the certificate of {where} is not to be trusted: name its authority in ansible_winrm_ca_trust_path",
        "{where} 的证书不可信：请在 ansible_winrm_ca_trust_path 中指定其签发机构",
    ),
    ("there is no certificate or key at {file}", "{file} 处没有证书或密钥"),
    ("{file} holds no certificate that can be read", "{file} 中没有可读取的证书"),
    ("our certificate {file} has expired: no PC will take it", "本机证书 {file} 已过期：任何电脑都不会接受"),
    ("no TLS with {where}", "与 {where} 无法建立 TLS 连接"),
    ("{where} runs no PowerShell for us: {reason}", "{where} 不为本机运行 PowerShell：{reason}"),
)
_TABLES: Final = (
    ("{what} cannot be read: the account is no administrator there", "无法读取 {what}：该账户不是那里的管理员"),
    ("{root} was not exported", "{root} 未能导出"),
    ("the export of {root} cannot be read: {reason}", "{root} 的导出内容无法读取：{reason}"),
    ("the exported {name} cannot be read: {reason}", "导出的 {name} 无法读取：{reason}"),
    ("the PC did not export {name}: the account is no administrator there", "该电脑未能导出 {name}：该账户不是那里的管理员"),
    ("the PC did not export {name}", "该电脑未能导出 {name}"),
    ("the PC gave no answer to {name}", "该电脑没有回答 {name}"),
    ("{name} failed on the PC: {fault}", "该电脑执行 {name} 失败：{fault}"),
    ("the PC does not tell the time", "该电脑未给出时间"),
    ("the PC does not say when it was started", "该电脑未给出启动时间"),
    ("{path} was not recorded", "{path} 未被记录"),
    (
        "the query would read {count} keys of the registry one by one: ask for a narrower path",
        "该查询需逐个读取 {count} 个注册表项：请缩小路径范围",
    ),
)
WINDOWS: Final[tuple[tuple[str, str], ...]] = (*_LOG_ON, *_LINE, *_TABLES)
