# SPDX-License-Identifier: Apache-2.0
"""Write a demonstration as a folder: whole, beside what it replaces, and only over an earlier demonstration."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from menshen.language import say
from menshen.trouble import TroubleError
from reports.reasons import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.records import Observation

MARKER = ".menshen-demo"
README = """\
这是门神的演示数据：虚构的场所、虚构的银行，全部由 menshen demo 生成，不可作为证据。
  report-zh.pdf  report-en.pdf   检查清单报告（每页标有“演示数据”）
  drift.txt  drift.json          最近一周的变化
  ledger.db                      台账：一个月的检查、文件与人工检查记录
  inventory/                     主机清单、例外、报告封面（正式使用时的格式）
  observations/                  最后一次检查中每个对象的观测结果（JSON）
接下来可以试：
  menshen report --ledger {folder}/ledger.db --inventory {folder}/inventory -o again.pdf --as-of {earlier}
  menshen drift --ledger {folder}/ledger.db --since {earlier}

This is demonstration data of Menshen: an imagined site and imagined banks, made by `menshen demo`; it proves nothing.
  report-zh.pdf  report-en.pdf   the checklist report (every page says that it is demonstration data)
  drift.txt  drift.json          what moved in the last week
  ledger.db                      the ledger: a month of audits, papers and inspections
  inventory/                     hosts, exceptions and the report's cover, in the formats of real use
  observations/                  what the last audit saw, one JSON file a subject
What to try next:
  menshen report --ledger {folder}/ledger.db --inventory {folder}/inventory -o again.pdf --as-of {earlier} --lang en
  menshen drift --ledger {folder}/ledger.db --since {earlier}
"""


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into; when the block ends well, its entries take the place of those of `folder`.

    What `folder` holds beside an earlier demonstration's own entries is left alone.

    Raises:
        TroubleError: `folder` holds something that is no demonstration, or cannot be written.
    """
    _refuse_strangers(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".menshen-", dir=folder) as scratch:
            new, old = Path(scratch, "new"), Path(scratch, "old")
            new.mkdir()
            old.mkdir()
            yield new
            # The marker goes first: a folder that was left half-way can be written again.
            for entry in sorted(new.iterdir()):
                target = folder / entry.name
                if target.exists():
                    target.rename(old / entry.name)
                entry.rename(target)
    except OSError as error:
        why = str(error.strerror or error)
        raise TroubleError(say(f"cannot write {folder}: {why}", f"无法写入 {folder}：{said(why, 'zh')}")) from error
    finally:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _refuse_strangers(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise TroubleError(say(f"{folder} is a file; name a folder", f"{folder} 是文件，请指定目录"))
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise TroubleError(
            say(
                f"{folder} is not empty and holds no earlier demonstration: name another folder; nothing was written",
                f"{folder} 不是空目录，也不是以前生成的演示：请另选目录；未写入任何内容",
            )
        )


def mark(folder: Path) -> None:
    """Mark a folder as a demonstration."""
    (folder / MARKER).write_text("written by menshen demo; may be replaced by it\n", encoding="utf-8")


def observations(folder: Path, seen: Mapping[str, Sequence[Observation]]) -> None:
    """Write what was seen, one JSON file a subject."""
    folder.mkdir()
    for subject, found in seen.items():
        text = json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1)
        (folder / f"{subject}.json").write_text(text + "\n", encoding="utf-8")


def readme(folder: Path, shown: Path, earlier: str) -> None:
    """Write README.txt; `shown` is the place it will stand at, `earlier` a day to ask about."""
    (folder / "README.txt").write_text(README.format(folder=shown, earlier=earlier), encoding="utf-8")
