# SPDX-License-Identifier: Apache-2.0
"""Files for Windows PCs that nobody may reach: what goes with them, and what a PC's own first export adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from menshen.language import say
from menshen.trouble import TroubleError
from policies.compile import windows
from policies.formats.registry import FormatError
from policies.windows.state import StepError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from policies.compile.windows import Steps
    from policies.resolve import Resolved

README: Final = "README.txt"
# An export of a whole hive may be large; what is larger is none of a few policies.
_LARGEST: Final = 512 * 2**20
_RESTORED_EN: Final = "The rollback was made from this PC's first export: it restores all values and keys, on this PC alone."
_RESTORED_ZH: Final = "回退文件由本机首次导出生成：可将全部键值恢复原样，仅适用于本机。"
_DELETED_EN: Final = """The rollback deletes what was written, but the start numbers of services, which Windows cannot be without.
What stood there before does not come back by it:
run first.cmd on the PC BEFORE importing, keep the folder "first", and make the rollback again with --export first."""
_DELETED_ZH: Final = """回退文件只删除写入的值（服务启动类型除外，Windows 不能缺少它），
不会恢复原有的值：导入前请先在该计算机运行 first.cmd，
保留 first 目录，再以 --export first 重新生成回退文件。"""
_USE_EN: Final = {
    "reg": """As administrator: first.cmd, then `reg import {name}.reg`, then restart.
As each user: `reg import {name}-user.reg`.""",
    "lgpo": "LGPO.exe /t {name}.txt (and /s {name}.inf); take back: LGPO.exe /t {name}-rollback.txt. No LGPO.exe has read it here.",
    "pol": "Put Machine and User into the GPO's folder in SYSVOL and count its version up, or LGPO.exe /m Machine\\Registry.pol.",
}
_USE_ZH: Final = {
    "reg": """以管理员身份：先运行 first.cmd，再执行 `reg import {name}.reg`，然后重启。
各用户自行执行 `reg import {name}-user.reg`。""",
    "lgpo": "LGPO.exe /t {name}.txt（另加 /s {name}.inf）；回退：LGPO.exe /t {name}-rollback.txt。本项目未用真实 LGPO.exe 验证。",
    "pol": "将 Machine、User 放入 SYSVOL 中该 GPO 的目录并递增版本号，或执行 LGPO.exe /m Machine\\Registry.pol。",
}
_BESIDE_EN: Final = """{name}.inf: secedit /configure /db x.sdb /cfg {name}.inf
{name}-audit.cmd: run as administrator
Tasks, members of groups and encryption are not in these files."""
_BESIDE_ZH: Final = """{name}.inf：secedit /configure /db x.sdb /cfg {name}.inf
{name}-audit.cmd：以管理员身份运行
计划任务、本地组成员与磁盘加密不在这些文件中。"""


def files(what: str, name: str, rules: Sequence[Resolved], export: Path | None) -> dict[str, bytes]:
    """Write the files of a format, and a README in both languages.

    Raises:
        TroubleError: the export cannot be read, or says nothing of keys that are written.
    """
    steps = windows.steps_of(rules)
    try:
        first = _first(steps, export) if export else None
        made = windows.FORMATS[what](name, steps, first)
    except StepError as error:
        raise TroubleError(say(f"these rules cannot be written: {error}", f"这些规则无法写成文件：{error}")) from error
    return {**made, README: _readme(what, name, restored=first is not None)}


def _readme(what: str, name: str, *, restored: bool) -> bytes:
    zh, en = (_RESTORED_ZH, _RESTORED_EN) if restored else (_DELETED_ZH, _DELETED_EN)
    if what != "reg":
        # Only a .reg rollback can be made of an export.
        zh, en = zh.rpartition("：")[0] + "。", en.partition(":\n")[0] + "."
    text = "\n".join([_USE_ZH[what], _BESIDE_ZH, zh, "", _USE_EN[what], _BESIDE_EN, en, ""]).format(name=name)
    return ("\ufeff" + text).replace("\n", "\r\n").encode()


def _first(steps: Steps, export: Path) -> windows.First:
    try:
        found = {
            path.name: _content(path) for path in (sorted(export.iterdir()) if export.is_dir() else [export]) if path.is_file()
        }
        first = windows.first_of(steps, found)
    except (OSError, FormatError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise TroubleError(say(f"cannot read {export}: {said}", f"无法读取 {export}：{said}")) from error
    missing = windows.uncovered(steps, first)
    if missing:
        keys = "; ".join(missing[:3]) + (" …" if missing[3:] else "")
        raise TroubleError(
            say(
                f"{export} says nothing of {len(missing)} keys ({keys}): export them too, or take the folder first.cmd makes",
                f"{export} 未包含 {len(missing)} 个注册表项（{keys}）：请一并导出，或使用 first.cmd 生成的目录",
            )
        )
    return first


def _content(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST:
        raise TroubleError(say(f"{path} is larger than {_LARGEST} bytes", f"{path} 超过 {_LARGEST} 字节"))
    return path.read_bytes()
