# SPDX-License-Identifier: Apache-2.0
"""`menshen compile`: a baseline as files that other programs ask or enforce by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from menshen.commands.options import Json
from menshen.language import say
from menshen.trouble import TroubleError

if TYPE_CHECKING:
    from menshen.compiling import Made

Format = Annotated[
    str,
    typer.Argument(
        metavar="FORMAT",
        help=say("What to write: osquery, fleet, reg, lgpo or pol.", "要生成的格式：osquery、fleet、reg、lgpo 或 pol。"),
    ),
]
BaselineId = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        "-b",
        metavar="ID",
        help=say(
            "The baseline to compile (osquery, fleet: without it each role's, in a folder of its own).",
            "要编译的基线（osquery、fleet：省略则每个岗位的基线各写入一个目录）。",
        ),
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help=say("The folder to write.", "输出目录。"))]
Kind = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help=say("Only rules for linux or windows.", "只输出 linux 或 windows 的规则。")),
]
Export = Annotated[
    Path | None,
    typer.Option(
        "--export",
        metavar="PATH",
        help=say(
            "reg: a PC's own first export (a .reg file, or the folder first.cmd made), for a rollback that restores.",
            "reg：某台计算机的首次导出（.reg 文件或 first.cmd 生成的目录），用于生成可复原的回退文件。",
        ),
    ),
]

HELP_EN = """Write a baseline as files for other programs.

osquery: packs, a configuration, a flag file and a start-up script for osqueryd.
fleet: GitOps YAML with a policy for each rule, a row only where it passes.
reg, lgpo, pol: what Windows PCs import that nobody may reach, with a matching rollback and a README.
Inspections and documents are left out: no machine can answer them.

Examples: menshen compile osquery --baseline agent_pc -o packs; menshen compile fleet -b linux_server -o gitops --kind linux;
menshen compile reg -b agent_pc -o stick; menshen compile reg -b agent_pc --export first -o stick;
menshen compile pol -b agent_pc -o gpo
"""
HELP_ZH = """将基线写成供其他程序使用的文件。

osquery：供 osqueryd 使用的查询包、配置、参数文件与开机脚本。fleet：GitOps YAML，每条规则一个策略，仅在符合时返回一行。
reg、lgpo、pol：供无法远程访问的 Windows 计算机导入，附对应的回退文件与说明。
人工检查与文件类控制项不在其中：机器无法回答。

例：menshen compile osquery --baseline agent_pc -o packs；menshen compile fleet -b linux_server -o gitops --kind linux；
menshen compile reg -b agent_pc -o stick；menshen compile reg -b agent_pc --export first -o stick；
menshen compile pol -b agent_pc -o gpo
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compile", help=say(HELP_EN, HELP_ZH))(compile_)


def compile_(
    what: Format, output: Output, baseline: BaselineId = None, kind: Kind = None, export: Export = None, *, as_json: Json = False
) -> None:
    """Compile."""
    from menshen import console
    from menshen.compiling import each, formats, made
    from policies.problems import nearest

    if what not in formats():
        known = ", ".join(formats())
        raise TroubleError(
            say(f"no such format: {what}; known are {known}", f"没有此格式：{what}；可用：{known}") + nearest(what, formats())
        )
    found = made(what, baseline, kind, export) if baseline is not None else each(what, kind)
    _write(found, output)
    if as_json:
        console.print_json({"format": what, "baseline": baseline or "", **found.to_json(output)})
    else:
        console.show(*_told(found, output))


def _write(found: Made, output: Path) -> None:
    for name, content in found.files.items():
        path = output / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise TroubleError(say(f"cannot write {path}: {error.strerror}", f"无法写入 {path}：{error.strerror}")) from error


def _told(found: Made, output: Path) -> list[object]:
    files, rules = len(found.files), len(found.rules)
    lines: list[object] = [say(f"{rules} rules in {files} files below {output}", f"{rules} 条规则，{files} 个文件，位于 {output}")]
    if found.left_out:
        lines.append(
            say(
                f"left out, since no machine of these kinds answers them: {len(found.left_out)} controls",
                f"未包含（此类机器无法回答）：{len(found.left_out)} 个控制项",
            )
        )
    return lines
