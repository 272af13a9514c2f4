# SPDX-License-Identifier: Apache-2.0
"""Why a host could not be looked at over SSH, in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

SSH: Final[tuple[tuple[str, str], ...]] = (
    # the way there
    ("{host} does not answer: no connection within {seconds} seconds", "{host} 无应答：{seconds} 秒内未能建立连接"),
    ("cannot connect to {host}: {error}", "无法连接 {host}：{error}"),
    (
        "{host} takes the connection but does not speak SSH within {seconds} seconds",
        "{host} 接受连接，但 {seconds} 秒内没有 SSH 应答",
    ),
    ("no SSH session with {host}: {error}", "无法与 {host} 建立 SSH 会话：{error}"),
    ("the connection with {host} broke off", "与 {host} 的连接中断"),
    (
        "the host was given up after {seconds} seconds: it answers too slowly or hangs",
        "检查 {seconds} 秒后放弃该主机：应答过慢或已停止响应",
    ),
    ("{host} hangs: no answer within {seconds} seconds", "{host} 停止响应：{seconds} 秒内没有应答"),
    # whether it is the host, and whether it knows us
    (
        "the host key of {host} is not known ({fingerprint}): compare it with that on the machine, then add its line to {file}",
        "{host} 的主机密钥未知（{fingerprint}）：请先与该主机上的密钥核对，再将其加入 {file}",
    ),
    (
        "{host} shows another host key than the known one ({shown}, not {known}): new, or somebody stands between; compare there",
        "{host} 出示的主机密钥不是已知的那把（出示 {shown}，已知 {known}）：可能已重装，也可能有人居中冒充；请到主机上核对",
    ),
    (
        "the host key of {host} is revoked in known_hosts: it must not be used any more",
        "{host} 的主机密钥已在 known_hosts 中吊销：不得再使用",
    ),
    (
        "{host} does not let {user} in: the private key has a passphrase, load it into ssh-agent",
        "{host} 拒绝 {user} 登录：私钥设有口令，请先加载到 ssh-agent",
    ),
    (
        "{host} does not let {user} in: none of the private keys is accepted (passwords are not tried)",
        "{host} 拒绝 {user} 登录：没有一把私钥被接受（不尝试口令登录）",
    ),
    # the far side
    ("{host} lets us in but starts no command", "{host} 允许登录，但无法启动命令"),
    (
        "{host} has no python3 (or no sudo) for {user}: install it there",
        "{host} 上 {user} 没有可用的 python3（或 sudo）：请在该主机安装",
    ),
    ("{host} has Python {found}: at least {oldest} is needed there", "{host} 的 Python 为 {found}：至少需要 {oldest}"),
    ("{host} does not let sudo work without a password: {error}", "{host} 不允许免口令使用 sudo：{error}"),
    ("the far side of {host} ended ({code}): {error}", "{host} 上的采集进程已结束（退出码 {code}）：{error}"),
    ("{host} does not answer as it should: {what}", "{host} 的应答不符合约定：{what}"),
    ("its shell prints without end", "其登录 shell 输出不止"),
    ("its hello is unknown", "无法识别其问候"),
    ("a frame of {size} bytes is announced", "声称将发送 {size} 字节的一帧"),
    ("a frame is no JSON", "有一帧不是 JSON"),
    ("a frame is longer than {limit} bytes", "有一帧超过 {limit} 字节"),
    ("it sent more than {limit} bytes", "其发送超过 {limit} 字节"),
    ("an answer belongs to no question", "有应答不对应任何提问"),
    ("an answer has no rows", "应答中没有行"),
    ("an error is of no known kind", "错误的类别未知"),
    ("a row has another shape than asked", "行的结构与提问不符"),
    # agents that stay on hosts
    ("{host} has no agent that hands over: run playbooks/agent.yml", "{host} 没有可交出记录的代理：请运行 playbooks/agent.yml"),
    ("the agent of {host} does not answer as it should", "{host} 的代理应答异常"),
    ("what the agent of {host} handed over is no look", "{host} 的代理交来的不是检查记录"),
    ("what the agent of {host} handed over is no look of this host's", "{host} 的代理交来的不是本机的检查记录"),
    ("what the agent of {host} saw is no observation", "{host} 的代理交来的不是观测结果"),
    ("the agent asked an older question: run playbooks/agent.yml", "代理回答的是旧问题：请运行 playbooks/agent.yml"),
)
