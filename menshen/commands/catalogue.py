# SPDX-License-Identifier: Apache-2.0
"""`menshen controls`, `show`, `lint` and `coverage`: browse the catalogue, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Inventory, Json, Lang
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError, demand_controls

if TYPE_CHECKING:
    from policies.catalogue import Catalogue
    from policies.control import Control
    from policies.text import Language

ControlId = Annotated[str, typer.Argument(metavar="CONTROL", help=say("A control's id.", "控制项编号。"))]
SubjectName = Annotated[
    str | None,
    typer.Option(
        "--subject",
        "-s",
        metavar="NAME",
        help=say("With the values of this host of the inventory.", "按主机清单中此对象的取值显示。"),
    ),
]
Area = Annotated[str | None, typer.Option("--area", help=say("Only controls of this area.", "只列此领域的控制项。"))]
Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="FOLDER", help=say("A catalogue of your own (default: the one shipped).", "自有目录（默认检查随附目录）。")
    ),
]
Gaps = Annotated[bool, typer.Option("--gaps", help=say("Only what no control answers.", "只列没有控制项回答的要求。"))]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help=say("List the controls and the bank's clauses behind them.", "列出控制项及其对应的银行条款。"))(controls)
    app.command(help=say("Show one control with its values, SQL and sources.", "显示一个控制项：取值、SQL 与来源。"))(show)
    app.command(
        help=say(
            "Check the catalogue: files, languages, values, and every SQL against the table schemas.",
            "检查目录：文件、双语、取值，以及每条 SQL 与表结构是否相符。",
        )
    )(lint)
    app.command(
        help=say("Show which control answers which requirement and checklist item.", "显示要求、控制项与检查清单条目的对应关系。")
    )(coverage)


def _catalogue() -> Catalogue:
    from policies.catalogue import load

    return load()


def controls(area: Area = None, lang: Lang = None, *, as_json: Json = False) -> None:
    """List controls."""
    from menshen import console
    from reports.wording import filled
    from reports.words import Say

    chosen = [control for control in _catalogue().controls.values() if area is None or control.area == area]
    if not chosen:
        raise TroubleError(say(f"no control in the area {area}", f"领域 {area} 中没有控制项"))
    if as_json:
        console.print_json([_control(control) for control in chosen])
        return
    language = lang or of_environment()
    words = Say(language)
    rows = [
        [
            control.id,
            filled(control.title, control, {}, words),
            words(f"severity.{control.severity}"),
            " ".join(control.kinds),
            " ".join(control.requirements),
        ]
        for control in chosen
    ]
    names = ("control", "控制项"), ("title", "标题"), ("severity", "级别"), ("kinds", "对象类别"), ("requirements", "要求")
    console.show(console.table([say(en, zh, language) for en, zh in names], rows, whole=0))
    console.tell(say(f"{len(rows)} controls", f"共 {len(rows)} 个控制项", language))


def _control(control: Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "area": control.area,
        "kinds": list(control.kinds),
        "requirements": list(control.requirements),
        "parameters": {name: _parameter(one) for name, one in control.parameters.items()},
        "title": {"zh": control.title.zh, "en": control.title.en},
        "severity": str(control.severity),
    }


def _parameter(parameter: Any) -> dict[str, Any]:
    members = {name: getattr(parameter, name) for name in ("type", "unit", "default", "minimum", "maximum", "strictest")}
    members["choices"] = list(parameter.choices or ()) or None
    members["title"] = {"zh": parameter.title.zh, "en": parameter.title.en}
    return {name: value for name, value in members.items() if name == "default" or value not in (None, "")}


def show(
    control: ControlId, subject: SubjectName = None, inventory: Inventory = None, lang: Lang = None, *, as_json: Json = False
) -> None:
    """Show one control."""
    from menshen import console
    from menshen.showing import document, lines

    catalogue = _catalogue()
    demand_controls([control], catalogue.controls)
    language: Language = lang or of_environment()
    shown = document(catalogue, catalogue.controls[control], _subject(subject, inventory))
    if as_json:
        console.print_json(shown)
    else:
        console.show("\n".join(lines(shown, language)))


def _subject(name: str | None, inventory: Any) -> Any:
    if name is None:
        return None
    from menshen.inventory import read
    from menshen.settings import inventory_path

    return read(inventory or inventory_path(), name)[0]


def lint(folder: Folder = None, *, as_json: Json = False) -> None:
    """Check the catalogue; exit code 2 where anything is wrong."""
    from menshen import console
    from policies.catalogue import load
    from policies.lint import check
    from policies.problems import CatalogueError

    try:
        problems = list(check(load(folder)))
    except CatalogueError as error:
        problems = list(error.problems)
    if as_json:
        console.print_json([{"path": one.path, "line": one.line, "column": one.column, "message": one.message} for one in problems])
    else:
        for problem in problems:
            console.show(str(problem))
        console.tell(
            say(f"{len(problems)} problems", f"{len(problems)} 处问题") if problems else say("the catalogue is clean", "目录无问题")
        )
    if problems:
        raise typer.Exit(Exit.USAGE)


def coverage(lang: Lang = None, *, gaps: Gaps = False, as_json: Json = False) -> None:
    """Show the matrix; exit code 1 where a requirement is answered by nothing."""
    from menshen import console
    from policies.coverage import gaps as gaps_of
    from policies.coverage import matrix

    found = matrix(_catalogue())
    missing = gaps_of(found)
    if as_json:
        console.print_json(found)
    else:
        wanted = [one for one in found["requirements"] if not gaps or one["id"] in missing]
        _matrix(wanted, found["items"], lang or of_environment(), with_items=not gaps)
        answered = len(found["requirements"]) - len(missing)
        console.tell(
            say(
                f"{answered} of {len(found['requirements'])} requirements are answered",
                f"{len(found['requirements'])} 条要求中已有 {answered} 条得到回答",
                lang,
            )
        )
    if missing:
        raise typer.Exit(Exit.FAILS)


def _matrix(requirements: list[dict[str, Any]], items: list[dict[str, Any]], language: Language, *, with_items: bool) -> None:
    from menshen import console

    if requirements:
        answers = {
            "automated": say("automated", "自动检查", language),
            "measured": say("measured", "设备测量", language),
            "inspection": say("inspection", "人工检查", language),
            "document": say("document", "提供文件", language),
            "none": say("none", "无", language),
        }
        names = ("requirement", "要求"), ("answered by", "回答方式"), ("controls", "控制项"), ("items", "检查项")
        rows = [[one["id"], answers[one["answered_by"]], " ".join(one["controls"]), " ".join(one["items"])] for one in requirements]
        console.show(console.table([say(en, zh, language) for en, zh in names], rows))
    if with_items:
        rows = [[one["item"], one["title"][language], str(len(one["controls"]))] for one in items]
        columns = [say(en, zh, language) for en, zh in (("item", "检查项"), ("title", "标题"), ("controls", "控制项数"))]
        console.show(console.table(columns, rows))
