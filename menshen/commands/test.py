# SPDX-License-Identifier: Apache-2.0
"""`menshen test`: the project's own tests, all of them, as CI runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from menshen.console import tell
from menshen.language import say
from menshen.settings import ROOT
from menshen.trouble import Exit, TroubleError

Bench = Annotated[
    bool,
    typer.Option("--bench", help=say("Print the benches instead: ratios and medians.", "改为运行基准测试，打印比值与中位数。")),
]
Only = Annotated[
    list[str] | None,
    typer.Argument(
        help=say("What to pass to pytest, such as tests/reports -k ledger.", "传给 pytest 的参数，如 tests/reports -k ledger。")
    ),
]

TOOLS = ROOT / "tests" / "requirements.txt"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "test",
        help=say("Run the project's own tests, as CI does.", "运行项目自带的全部测试（与 CI 相同）。"),
        context_settings={"ignore_unknown_options": True},
    )(run_tests)


def run_tests(arguments: Only = None, *, bench: Bench = False) -> None:
    """Set up what the tests need, then check style, types and catalogue, then run the tests."""
    if not TOOLS.exists():
        raise TroubleError(say("the tests are not here: run this from a clone", "此处没有测试文件：请在克隆的仓库中运行"))
    _set_up()
    if bench:
        raise typer.Exit(_benches())
    if arguments:
        raise typer.Exit(_python("-m", "pytest", *arguments))
    failed = [name for name, command in _checks().items() if _step(name, command)]
    if failed:
        tell(say(f"failed: {', '.join(failed)}", f"未通过：{', '.join(failed)}"))
        raise typer.Exit(Exit.FAILS)


def _checks() -> dict[str, tuple[str, ...]]:
    workers = str(min(os.cpu_count() or 1, 8))
    return {
        "ruff check": ("-m", "ruff", "check", "--no-cache", "."),
        "ruff format": ("-m", "ruff", "format", "--no-cache", "--check", "."),
        "mypy": ("-m", "mypy"),
        "menshen lint": ("-m", "menshen", "lint"),
        "menshen coverage": ("-m", "menshen", "coverage", "--gaps"),
        "pytest": ("-m", "pytest", "--numprocesses", workers, "--dist", "worksteal", "--durations", "10"),
    }


def _step(name: str, command: tuple[str, ...]) -> int:
    tell(name)
    return _python(*command)


def _python(*arguments: str) -> int:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode


def _set_up() -> None:
    stamp = Path(sys.prefix) / ".menshen-test-requirements"
    if not stamp.exists() or stamp.read_bytes() != TOOLS.read_bytes():
        tell(say("installing the tests' own tools", "正在安装测试工具"))
        if _python(
            "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes", "--requirement", str(TOOLS)
        ):
            raise TroubleError(
                say("the tests' tools could not be installed: see pip's message above", "测试工具安装失败：见上方 pip 的提示")
            )
        stamp.write_bytes(TOOLS.read_bytes())
    _python("tests/system.py")


def _benches() -> int:
    benches = sorted((ROOT / "tests" / "bench").glob("*.py"))
    return max((_step(f"bench {bench.stem}", (str(bench.relative_to(ROOT)),)) for bench in benches), default=Exit.FINE)
