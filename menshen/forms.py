# SPDX-License-Identifier: Apache-2.0
"""Read the form that inspectors fill in: one row an inspection, in the CSV that spreadsheets write, in either language."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from menshen import clock
from menshen.inspections import Look
from menshen.language import say
from menshen.trouble import TroubleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A day of a large site has some hundred rows; a file of another kind is refused before it fills the memory.
LIMIT: Final = 8 * 1024 * 1024
COLUMNS: Final = ("control", "subject", "result", "inspector", "inspected_at", "note", "valid_for", "evidence")
NEEDED: Final = COLUMNS[:5]
_CHINESE: Final = dict(zip(("控制项", "对象", "结果", "检查人", "检查时间", "备注", "有效期", "证据"), COLUMNS, strict=True))
_RESULTS: Final = {"合格": "pass", "不合格": "fail", "通过": "pass", "不通过": "fail", "符合": "pass", "不符合": "fail"}


def read(path: Path) -> list[Look]:
    """Read a form: UTF-8 or GB 18030, comma, semicolon or tabulator; files in `evidence` are divided by semicolons.

    Raises:
        TroubleError: the file cannot be read, a column is missing, or a row is cut short; all rows are named at once.
    """
    rows = list(_rows(path))
    problems = [f"{path}:{number}: {message}" for number, row in rows if (message := _incomplete(row))]
    looks: list[Look] = []
    for number, row in rows if not problems else ():
        try:
            looks.append(_look(path, row))
        except TroubleError as error:
            problems.append(f"{path}:{number}: {error}")
    if problems:
        raise TroubleError("\n".join(problems))
    return looks


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    text = _text(path)
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=mark)
    header = [_column(cell) for cell in next(reader, [])]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise TroubleError(say(f"{path}: no column {', '.join(missing)}", f"{path}：缺少列 {'、'.join(missing)}"))
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False))


def _text(path: Path) -> str:
    try:
        content = path.open("rb").read(LIMIT + 1)
    except OSError as error:
        raise TroubleError(say(f"cannot read {path}: {error.strerror}", f"无法读取 {path}：{error.strerror}")) from error
    if len(content) > LIMIT or b"\0" in content:
        raise TroubleError(say(f"{path} is no CSV form", f"{path} 不是 CSV 表格"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise TroubleError(say(f"{path} is neither UTF-8 nor GB 18030", f"{path} 既不是 UTF-8，也不是 GB 18030 编码"))


def _column(cell: str) -> str:
    name = cell.strip()
    return _CHINESE.get(name, name.lower())


def _incomplete(row: Mapping[str, str]) -> str:
    empty = [name for name in NEEDED if not row.get(name)]
    return say(f"{', '.join(empty)} is empty", f"{'、'.join(empty)} 为空") if empty else ""


def _look(path: Path, row: Mapping[str, str]) -> Look:
    files = (part.strip() for part in row.get("evidence", "").replace("；", ";").split(";"))
    return Look(
        control=row["control"],
        subject=row["subject"],
        result=_RESULTS.get(row["result"], row["result"].lower()),
        inspector=row["inspector"],
        at=clock.read(row["inspected_at"]),
        note=row.get("note", ""),
        valid_for=row.get("valid_for", ""),
        evidence=tuple(path.parent / Path(file) for file in files if file),
    )
