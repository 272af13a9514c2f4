# SPDX-License-Identifier: Apache-2.0
"""Write the reference pages of docs/reference from the catalogue and the table schemas: `python -m menshen.reference`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from policies import catalogue, schema, template
from policies.control import AREAS
from reports.words import Say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.control import Control
    from policies.schema import Column, Table
    from policies.text import Language

FOLDER: Final = Path(__file__).parents[1] / "docs" / "reference"
AREAS_ZH: Final = dict(
    zip(
        AREAS,
        "电脑 账号 网络 软件 邮件 数据 机房 供电 环境 门禁 监控录像 记录保存 资产 应急 培训 检查清单".split(),  # noqa: SIM905 - read in a line
        strict=True,
    )
)
_PAGES: Final[dict[str, tuple[str, str]]] = {
    "controls": (
        "# 控制项\n\n由目录生成（`python -m menshen.reference`），请勿手改。标题中的数值为默认值，基线可改。",
        (
            "# Controls\n\nMade from the catalogue by `python -m menshen.reference`: do not edit. "
            "Figures in titles are defaults that a baseline may set."
        ),
    ),
    "tables": (
        "# 数据表\n\n由表结构生成（`python -m menshen.reference`），请勿手改。**粗体**列必须给出条件；查询用 `menshen query`。",
        (
            "# Tables\n\nMade from the schemas by `python -m menshen.reference`: do not edit. "
            "A column in **bold** must be constrained. Ask with `menshen query`."
        ),
    ),
}
_HEADS: Final[dict[Language, str]] = {
    "en": "| id | title | severity | kinds | clauses |\n|---|---|---|---|---|",
    "zh": "| 编号 | 标题 | 严重度 | 对象类型 | 要求 |\n|---|---|---|---|---|",
}
_ORIGINS: Final[dict[str, tuple[str, str]]] = {
    schema.MENSHEN: ("Menshen 自有的表", "Menshen's own tables"),
    schema.OSQUERY: ("与 osquery 同名同形的表", "Tables named and shaped like osquery's"),
}


def pages() -> dict[str, str]:
    """Make every page: file name -> text."""
    made = {}
    for language in ("en", "zh"):
        made[f"controls.{language}.md"] = _page("controls", language, _controls(language))
        made[f"tables.{language}.md"] = _page("tables", language, _tables(language))
    return made


def _page(name: str, language: Language, body: Iterator[str]) -> str:
    return "\n".join([_PAGES[name][language == "en"], *body, ""])


def _controls(language: Language) -> Iterator[str]:
    known = catalogue.load().controls.values()
    for area in AREAS:
        inside = [control for control in known if control.area == area]
        if inside:
            yield f"\n## {AREAS_ZH[area] if language == 'zh' else area.replace('_', ' ')} ({len(inside)})\n\n{_HEADS[language]}"
            yield from (_control(control, language) for control in inside)


def _control(control: Control, language: Language) -> str:
    defaults = {name: parameter.default for name, parameter in control.parameters.items()}
    title = template.in_words(control.title.in_language(language), defaults, language).replace("|", "\\|")
    severity = Say(language)(f"severity.{control.severity}")
    kinds, clauses = " ".join(control.kinds), " ".join(control.requirements)
    return f"| [{control.id}](../../{control.file}) | {title} | {severity} | {kinds} | {clauses} |"


def _tables(language: Language) -> Iterator[str]:
    for origin, names in _ORIGINS.items():
        inside = [table for table in schema.tables().values() if table.origin == origin]
        yield f"\n## {names[language == 'en']} ({len(inside)})"
        yield from (_table(table, language) for table in inside)


def _table(table: Table, language: Language) -> str:
    title = table.title_zh if language == "zh" else table.title_en
    columns = ", ".join(_column(column) for column in table.columns if not column.hidden)
    return f"\n### {table.name}\n\n{f'{title} · ' if title else ''}{' '.join(table.kinds)}\n\n{columns}"


def _column(column: Column) -> str:
    name = f"**{column.name}**" if column.required else column.name
    only = f" ({' '.join(column.kinds)})" if column.kinds else ""
    return f"{name} {column.type}{only}"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
