# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share, so that one word means one thing everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from menshen.language import say

Json = Annotated[
    bool, typer.Option("--json", help=say("Print one JSON document and nothing else on stdout.", "标准输出只打印一个 JSON 文档。"))
]
Lang = Annotated[
    Literal["zh", "en"] | None,
    typer.Option("--lang", help=say("Language: zh or en.", "语言：zh 或 en。")),
]
LedgerFile = Annotated[
    Path | None,
    typer.Option(
        "--ledger", help=say("The ledger file (default: in the state folder).", "台账文件（默认在状态目录中）。"), metavar="FILE"
    ),
]
Inventory = Annotated[
    Path | None,
    typer.Option(
        "--inventory",
        "-i",
        metavar="PATH",
        help=say("An Ansible inventory: a folder with hosts.yml, or a file.", "Ansible 主机清单：含 hosts.yml 的目录或文件。"),
    ),
]
Limit = Annotated[
    str | None,
    typer.Option(
        "--limit",
        "-l",
        metavar="PATTERN",
        help=say("Only the subjects that match this Ansible host pattern.", "只处理与此 Ansible 主机模式匹配的对象。"),
    ),
]
Checklist = Annotated[
    str, typer.Option("--checklist", metavar="ID", help=say("The bank's form to answer.", "要回答的银行检查清单。"))
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help=say(
            "As things stood at this time (2026-11-22, 2026-11-22T06:40, …+08:00).",
            "以此时刻的状态为准（如 2026-11-22 或 2026-11-22T06:40+08:00）。",
        ),
    ),
]
