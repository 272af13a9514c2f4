# SPDX-License-Identifier: Apache-2.0
"""Why a query was refused or stopped, in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

ENGINE: Final[tuple[tuple[str, str], ...]] = (
    # limits
    ("the query was stopped after {seconds} seconds", "查询超过 {seconds} 秒，已中止"),
    ("the query needs more than {size} MB of memory", "查询所需内存超过 {size} MB"),
    ("the query needs more memory than there is", "内存不足，无法完成查询"),
    ("the query is longer than {limit} characters", "查询语句超过 {limit} 个字符"),
    ("the query gives more than {limit} rows", "查询结果超过 {limit} 行"),
    ("a value is longer than {size} MB", "有单个值超过 {size} MB"),
    # tables
    ("no such table: {table}", "没有此表：{table}"),
    ("table {table} exists on {kinds}, not on {kind}", "表 {table} 只适用于 {kinds}，不适用于 {kind}"),
    ("{origin} table {table} is not served by the embedded engine", "内置查询引擎尚未提供 {origin} 表 {table}"),
    ("table {table} is not served by {source}", "{source} 不提供表 {table}"),
    ("table {table} is not in the recording {recording}", "没有 {table} 表的记录（{recording}）"),
    ("table {table} failed: {kind}: {error}", "读取表 {table} 时出错：{kind}：{error}"),
    (
        "Table {table} was queried without a required column in the WHERE clause: {columns}",
        "查询表 {table} 时，WHERE 子句必须限定以下列：{columns}",
    ),
    # statements
    ("one statement at a time, please", "一次只能执行一条语句"),
    ("there is no SELECT in the query", "查询中没有 SELECT"),
    ("the query has parameters (?), but nothing gives them values", "查询中有参数（?），但没有提供取值"),
    ("{action} is not allowed: a query may only read tables", "不允许 {action}：查询只能读取表"),
    ("{table} is not a table that a query may read", "查询不得读取 {table}"),
    ("the function {name} is not allowed", "不允许使用函数 {name}"),
    (
        "no such function: {name} (osquery's SQLite 3.42 does not have it)",
        "没有此函数：{name}（osquery 所用的 SQLite 3.42 不支持）",
    ),
    # functions
    ("parent_directory needs a text", "parent_directory 的参数须为文本"),
    ("{function} needs a command line", "{function} 需要一条命令行"),
    ("{function} needs one escape character", "{function} 的转义符须为单个字符"),
    ("split needs at least one separator", "split 至少需要一个分隔符"),
    ("regex_split needs a pattern", "regex_split 需要一个正则表达式"),
    ("{function} has no value for {number}", "{function} 对 {number} 无定义"),
    ("not a regular expression: {pattern}: {error}", "不是有效的正则表达式：{pattern}：{error}"),
    (
        "osquery's regular expressions have no group {sign}...): {pattern}",
        "osquery 的正则表达式不支持 {sign}...) 分组：{pattern}",
    ),
    (
        "version_compare needs a version, an operator and a version, all texts",
        "version_compare 需要版本、比较符、版本三个参数，且均为文本",
    ),
    ("version_compare knows the operators {known}, not {sign}", "version_compare 只支持比较符 {known}，不支持 {sign}"),
    ("the options of version_compare are true, false or NULL", "version_compare 的选项只能是 true、false 或 NULL"),
    ("in_cidr_block needs a block and an address, both texts", "in_cidr_block 需要网段和地址两个参数，且均为文本"),
    ("in_cidr_block: {block} and {address} are of different families", "in_cidr_block：{block} 与 {address} 不属于同一地址族"),
    ("in_cidr_block: {error}", "in_cidr_block 参数有误：{error}"),
    (
        "community_id_v1 takes two addresses, two ports, a protocol and perhaps a seed",
        "community_id_v1 的参数为两个地址、两个端口、一个协议，种子可选",
    ),
    ("community_id_v1: {error}", "community_id_v1 参数有误：{error}"),
    # packs
    ("{path}: not JSON: {error}", "{path}：不是 JSON：{error}"),
    ("{path}: no pack: it has no queries", "{path}：不是查询包：其中没有 queries"),
    ("{path}: the query {name} has no SQL under the key query", "{path}：查询 {name} 的 query 项中没有 SQL"),
    ("the query is for {platform}, not for {kind}", "该查询适用于 {platform}，不适用于 {kind}"),
    ("its discovery query found no row: {sql}", "其 discovery 查询没有返回任何行：{sql}"),
)
