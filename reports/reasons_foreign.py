# SPDX-License-Identifier: Apache-2.0
"""What SQLite and the operating system say, as it stands inside our messages, in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

SYSTEM: Final[tuple[tuple[str, str], ...]] = (
    ("Permission denied", "权限不足"),
    ("Operation not permitted", "不允许此操作"),
    ("No such file or directory", "文件或目录不存在"),
    ("Not a directory", "不是目录"),
    ("Is a directory", "是目录，不是文件"),
    ("File exists", "文件已存在"),
    ("File name too long", "文件名过长"),
    ("Too many levels of symbolic links", "符号链接层数过多"),
    ("Too many open files", "打开的文件过多"),
    ("Input/output error", "输入/输出错误"),
    ("No space left on device", "磁盘空间不足"),
    ("Disk quota exceeded", "超出磁盘配额"),
    ("Read-only file system", "文件系统只读"),
    ("Stale file handle", "文件句柄已失效"),
    ("Transport endpoint is not connected", "文件系统连接已断开"),
    ("Operation not supported", "不支持此操作"),
    ("Exec format error", "可执行文件格式错误"),
    ("[Errno {number}] {error}: {path}", "{error}：{path}（错误码 {number}）"),
    ("[Errno {number}] {error}", "{error}（错误码 {number}）"),
    ("Command {command} timed out after {seconds} seconds", "命令 {command} 超过 {seconds} 秒未结束"),
)
SQLITE: Final[tuple[tuple[str, str], ...]] = (
    ('near "{word}": syntax error', "语法错误，位于 {word} 附近"),
    ("incomplete input", "语句不完整"),
    ("unrecognized token: {word}", "无法识别的符号：{word}"),
    ("no such column: {column}", "没有此列：{column}"),
    ("ambiguous column name: {column}", "列名不明确（多个表都有）：{column}"),
    ("no such function: {function}", "没有此函数：{function}"),
    ("wrong number of arguments to function {function}", "函数 {function} 的参数个数不对"),
    ("misuse of aggregate: {function}", "聚合函数用法错误：{function}"),
    ("misuse of aggregate function {function}", "聚合函数用法错误：{function}"),
    ("misuse of window function {function}", "窗口函数用法错误：{function}"),
    ("aggregate functions are not allowed in the GROUP BY clause", "GROUP BY 子句中不能使用聚合函数"),
    ("HAVING clause on a non-aggregate query", "没有聚合的查询不能使用 HAVING"),
    ("no tables specified", "没有指定表"),
    ("circular reference: {table}", "循环引用：{table}"),
    (
        "SELECTs to the left and right of {operator} do not have the same number of result columns",
        "{operator} 左右两个 SELECT 的列数不同",
    ),
    ("sub-select returns {columns} columns - expected {expected}", "子查询返回 {columns} 列，应为 {expected} 列"),
    (
        "{term} ORDER BY term out of range - should be between 1 and {last}",
        "ORDER BY 中有一项（{term}）超出范围，应在 1 与 {last} 之间",
    ),
    (
        "{term} GROUP BY term out of range - should be between 1 and {last}",
        "GROUP BY 中有一项（{term}）超出范围，应在 1 与 {last} 之间",
    ),
    ("row value misused", "行值用法错误"),
    ("integer overflow", "整数溢出"),
    ("datatype mismatch", "数据类型不符"),
    ("malformed JSON", "JSON 格式错误"),
    ("bad JSON path: {path}", "JSON 路径有误：{path}"),
    ("LIKE or GLOB pattern too complex", "LIKE 或 GLOB 的模式过长"),
    ("string or blob too big", "文本或二进制值过长"),
    ("parser stack overflow", "语句嵌套过深"),
    ("too many terms in compound SELECT", "复合 SELECT 的项数过多"),
    ("too many columns in {place}", "列数过多：{place}"),
    ("at most {most} tables in a join", "一次连接最多 {most} 个表"),
    ("Expression tree is too large (maximum depth {depth})", "表达式嵌套过深（最多 {depth} 层）"),
    ("unable to open database file", "无法打开数据库文件"),
    ("file is not a database", "文件不是数据库"),
    ("database is locked", "数据库正被其他程序占用"),
    ("database or disk is full", "磁盘空间不足"),
    ("database disk image is malformed", "数据库文件已损坏"),
    ("attempt to write a readonly database", "数据库只读，不能写入"),
    ("disk I/O error", "磁盘读写错误"),
)
# What an address function of Python says of its argument.
PYTHON: Final[tuple[tuple[str, str], ...]] = (
    ("{text} does not appear to be an IPv4 or IPv6 address", "{text} 不是 IPv4 或 IPv6 地址"),
    ("{text} does not appear to be an IPv4 or IPv6 network", "{text} 不是 IPv4 或 IPv6 网段"),
)
FOREIGN: Final = (*SYSTEM, *SQLITE, *PYTHON)
