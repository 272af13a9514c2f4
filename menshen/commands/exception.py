# SPDX-License-Identifier: Apache-2.0
"""`menshen exception`: grant a dated permission to deviate, list them, end one before its day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Inventory, Json, LedgerFile
from menshen.language import say
from menshen.trouble import TroubleError, demand_controls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.exception import Grant

Control = Annotated[
    str, typer.Option("--control", "-c", metavar="ID", help=say("The control that may be deviated from.", "允许偏离的控制项。"))
]
Subjects = Annotated[
    list[str],
    typer.Option(
        "--subject", "-s", metavar="NAME", help=say("A host or group it holds for (repeat).", "适用的主机或组（可重复）。")
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Why.", "理由。"))]
Approver = Annotated[str, typer.Option("--approver", metavar="NAME", help=say("Who approved it.", "批准人。"))]
Compensating = Annotated[
    str, typer.Option("--compensating-control", metavar="TEXT", help=say("What protects instead.", "补偿措施。"))
]
Filing = Annotated[
    str, typer.Option("--bank-filing", metavar="TEXT", help=say("Under what the bank was told.", "向银行备案的文号。"))
]
From = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help=say("Its first day (default: today).", "起始日（默认今日）。"))
]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help=say("Its last day.", "截止日。"))]
Id = Annotated[
    str | None,
    typer.Option("--id", metavar="ID", help=say("Its number (default: the next of the year).", "编号（默认当年下一个）。")),
]
Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="VENDOR:PRODUCT[:SERIAL]",
        help=say("Only this USB device, in hexadecimal (lsusb).", "仅限此 USB 设备（十六进制，见 lsusb）。"),
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        metavar="NAME=VALUE",
        help=say("Allow this value, and no further deviation (repeat).", "只允许此取值，不允许更多偏离（可重复）。"),
    ),
]
Name = Annotated[str, typer.Argument(help=say("The exception's number.", "例外编号。"))]
GROUP_EN = """Exceptions: dated permissions to deviate, in exceptions.yml beside the inventory's hosts and in the ledger.

Example: menshen exception grant --control usb_storage_blocked --subject pc-101 --until 2027-01-31 --reason "licence dongle"
--approver "General manager" --compensating-control "port under camera" --bank-filing "letter 2026-11"
"""
GROUP_ZH = """例外：有期限的偏离许可，写入主机清单旁的 exceptions.yml 并记入台账。

例：menshen exception grant --control usb_storage_blocked --subject pc-101 --until 2027-01-31 --reason "加密狗"
--approver "总经理" --compensating-control "端口在监控下" --bank-filing "2026-11 号函"
"""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say(GROUP_EN, GROUP_ZH), no_args_is_help=True)
    group.command("grant", help=say("Write an exception into the file and the ledger.", "新增一项例外，写入文件并记入台账。"))(
        grant
    )
    group.command("list", help=say("List the exceptions and how they stand.", "列出例外及其状态。"))(listed)
    group.command(
        "revoke",
        help=say("End an exception today; the next apply enforces its control again.", "即日撤销例外；下次 apply 将重新落实。"),
    )(revoke)
    app.add_typer(group, name="exception")


def grant(  # noqa: PLR0913, PLR0917 - one parameter an option of the command line
    control: Control,
    subject: Subjects,
    reason: Reason,
    approver: Approver,
    compensating_control: Compensating,
    bank_filing: Filing,
    until: Until,
    start: From = None,
    name: Id = None,
    device: Device = None,
    parameter: Parameters = None,
    inventory: Inventory = None,
    ledger: LedgerFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Grant."""
    from menshen import exceptions
    from menshen.inventory import exceptions_file
    from menshen.settings import inventory_path
    from policies import exception
    from policies.catalogue import load

    catalogue = load(whole=False)
    demand_controls([control], catalogue.controls)
    folder = inventory or inventory_path()
    _demand_subjects(folder, subject)
    path, today = exceptions_file(folder), _today()
    _demand_day(until, today)
    text = exceptions.text_of(path)
    entry: dict[str, Any] = {
        "id": name or exceptions.next_id(exception.read(str(path), text.encode()), today),
        "control": control,
        "subjects": subject,
        **({"device": _device(device)} if device else {}),
        "reason": reason,
        "approver": approver,
        "compensating_control": compensating_control,
        "bank_filing": bank_filing,
        "from": start or today.isoformat(),
        "until": until,
        **({"parameters": dict(map(_parameter, parameter))} if parameter else {}),
    }
    found = _kept(path, exceptions.added(text, entry, path), catalogue.controls, ledger, {"action": "grant", "exception": entry})
    _tell(found, entry["id"], today, as_json=as_json)


def revoke(name: Name, reason: Reason, inventory: Inventory = None, ledger: LedgerFile = None, *, as_json: Json = False) -> None:
    """Revoke."""
    from menshen import exceptions
    from menshen.inventory import exceptions_file
    from menshen.settings import inventory_path
    from policies.catalogue import load

    path, today = exceptions_file(inventory or inventory_path()), _today()
    text = exceptions.revoked(exceptions.text_of(path), name, today, path)
    body = {"action": "revoke", "exception": {"id": name}, "reason": reason}
    _tell(_kept(path, text, load(whole=False).controls, ledger, body), name, today, as_json=as_json)


def listed(inventory: Inventory = None, *, as_json: Json = False) -> None:
    """List."""
    from menshen import console
    from menshen.inventory import grants
    from policies.catalogue import load

    today = _today()
    rows = [document(one, today) for one in grants(inventory, load(whole=False))]
    if as_json:
        console.print_json({"exceptions": rows})
    else:
        console.show(*_tables(rows))


def document(one: Grant, today: date) -> dict[str, Any]:
    """Give an exception as JSON data, with how it stands on a day."""
    return {
        "id": one.id,
        "control": one.control,
        "subjects": list(one.subjects),
        "device": {"vendor": one.device.vendor, "product": one.device.product, "serial": one.device.serial} if one.device else None,
        "parameters": dict(one.parameters),
        "reason": one.reason,
        "approver": one.approver,
        "compensating_control": one.compensating_control,
        "bank_filing": one.bank_filing,
        "from": one.from_date.isoformat(),
        "until": one.until.isoformat(),
        "revoked": one.revoked.isoformat() if one.revoked else None,
        "state": one.state(today),
        "days_left": max(0, (one.until - today).days + 1) if one.is_live(today) else 0,
        "file": one.file,
    }


def _tables(rows: list[dict[str, Any]]) -> list[object]:
    from menshen import console

    if not rows:
        return [say("There is no exception.", "没有例外。")]
    states = {
        "live": say("live", "有效"),
        "future": say("not yet", "未生效"),
        "ended": say("ended", "已到期"),
        "revoked": say("revoked", "已撤销"),
    }
    names = say(
        "number control subjects state until days approver reason", "编号 控制项 对象 状态 截止 剩余天数 批准人 理由"
    ).split()
    cells = [
        [
            one["id"],
            one["control"],
            ", ".join(one["subjects"]) + (f" [{':'.join(filter(None, one['device'].values()))}]" if one["device"] else ""),
            states[one["state"]],
            one["revoked"] or one["until"],
            str(one["days_left"]),
            one["approver"],
            one["reason"],
        ]
        for one in rows
    ]
    return [console.table(names, cells)]


def _tell(found: tuple[Grant, ...], name: str, today: date, *, as_json: bool) -> None:
    from menshen import console

    row = next(document(one, today) for one in found if one.id == name)
    if as_json:
        console.print_json({"exceptions": [row]})
    else:
        console.show(*_tables([row]))


def _kept(path: Path, text: str, controls: Mapping[str, Any], ledger: Path | None, body: Mapping[str, Any]) -> tuple[Grant, ...]:
    """Write file and ledger, or neither."""
    from menshen import clock, exceptions
    from menshen.applied import who
    from menshen.settings import ledger_path
    from reports.ledger import Ledger

    before = path.read_bytes() if path.exists() else None
    with Ledger(ledger or ledger_path()) as opened, opened.chain.writing():
        found = exceptions.save(path, text, controls)
        try:
            opened.chain.append("exception", clock.now(), {"by": who(), "file": str(path), **body})
        except BaseException:
            path.unlink() if before is None else path.write_bytes(before)
            raise
    return found


def _today() -> date:
    from menshen import clock

    return date.fromisoformat(clock.now()[:10])


def _demand_day(text: str, today: date) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise TroubleError(
            say(f"--until is no date such as 2027-01-31: {text}", f"--until 不是日期（如 2027-01-31）：{text}")
        ) from None
    if day < today:
        raise TroubleError(say(f"--until {text} is past", f"--until {text} 已过"))


def _demand_subjects(inventory: Path, wanted: list[str]) -> None:
    """A name that no host or group has would cover nothing, and nobody would notice."""
    from menshen.inventory import read
    from policies.problems import nearest

    known = {name for one in read(inventory) for name in (one.name, *one.groups)}
    for name in wanted:
        if name not in known:
            raise TroubleError(
                say(f"no host or group of the inventory: {name}", f"主机清单中没有此主机或组：{name}") + nearest(name, known)
            )


def _device(text: str) -> dict[str, str]:
    vendor, _, rest = text.partition(":")
    product, _, serial = rest.partition(":")
    hexadecimal = set("0123456789abcdefABCDEF")
    if len(vendor) != 4 or len(product) != 4 or set(vendor + product) - hexadecimal:  # noqa: PLR2004 - four digits each
        raise TroubleError(
            say(
                f"--device is VENDOR:PRODUCT[:SERIAL] such as 0951:1666, not {text}",
                f"--device 应为 厂商:产品[:序列号]（如 0951:1666），不能是 {text}",
            )
        )
    return {"vendor": vendor.lower(), "product": product.lower(), **({"serial": serial} if serial else {})}


def _parameter(text: str) -> tuple[str, Any]:
    """Read NAME=VALUE; the value as YAML reads it: a number, true, a list in brackets, else text."""
    from policies import located

    name, equals, value = text.partition("=")
    if not equals:
        raise TroubleError(say(f"--parameter is NAME=VALUE, not {text}", f"--parameter 应为 名称=取值，不能是 {text}"))
    return name, located.read("--parameter", value.encode()).value
