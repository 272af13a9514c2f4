# SPDX-License-Identifier: Apache-2.0
"""`menshen hub secrets`, `hosts`, `review`, `match`: who may enrol, who has, and who that is in the inventory."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from menshen.commands.options import Inventory, Json
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from agents.hub.hosts import Host
    from agents.hub.secret import Secret

DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database", metavar="PATH|URL", help=say("The hub's database, as for serve.", "数据库，同 serve。")),
]
Action = Annotated[
    Literal["list", "add", "revoke"],
    typer.Argument(
        help=say(
            "list, add (a new one for --site), revoke (the one named by --id).",
            "list 列出；add 为 --site 新建；revoke 吊销 --id 所指。",
        )
    ),
]
Site = Annotated[
    str | None, typer.Option("--site", metavar="SITE", help=say("The site, as menshen_site says.", "场所，同 menshen_site。"))
]
Days = Annotated[int, typer.Option("--days", min=1, max=3660, help=say("Good for so many days.", "有效天数。"))]
SecretId = Annotated[
    str | None, typer.Option("--id", metavar="ID", help=say("The secret's id (see list).", "口令编号（见 list）。"))
]
Remove = Annotated[
    str | None,
    typer.Option(
        "--remove", metavar="ID", help=say("Forget this host; its key opens nothing any more.", "删除此终端；其密钥随即失效。")
    ),
]
HostId = Annotated[
    str,
    typer.Argument(metavar="ID", help=say("The host's id (see review), or its beginning.", "终端编号（见 review），可只写开头。")),
]
SubjectName = Annotated[str, typer.Argument(metavar="SUBJECT", help=say("Its name in the inventory.", "在主机清单中的名称。"))]
DAY = 86_400


def register(hub: typer.Typer) -> None:
    """Add the commands."""
    hub.command(help=say("Enrolment secrets of sites: list, add, revoke.", "各场所的登记口令：列出、新建、吊销。"))(secrets)
    hub.command(help=say("List the hosts that enrolled.", "列出已登记的终端。"))(hosts)
    hub.command(
        help=say(
            "List the hosts a person must look at: unknown ones and clones. Exit code 1 where there are any.",
            "列出需人工核对的终端：未知者与克隆者。有则退出码为 1。",
        )
    )(review)
    hub.command(help=say("Say which host of the inventory an enrolled one is.", "指定已登记终端对应主机清单中的哪台主机。"))(match)


def url(given: str | None) -> str:
    """Give the database to use.

    Raises:
        TroubleError: a password stands on the command line, where every user of the machine can read it.
    """
    from urllib.parse import urlsplit

    from menshen.hub.memory import DATABASE, database_url

    if given and given.startswith("postgres") and urlsplit(given).password:
        raise TroubleError(
            say(
                f"a password does not belong on the command line: put the URL into {DATABASE}, or the password into PGPASSFILE",
                f"口令不应出现在命令行：请把 URL 放入 {DATABASE}，或把口令放入 PGPASSFILE",
            )
        )
    return given or database_url()


def secrets(
    action: Action = "list",
    site: Site = None,
    days: Days = 30,
    name: SecretId = None,
    database: DatabaseUrl = None,
    *,
    as_json: Json = False,
) -> None:
    """Show or change secrets."""
    from agents.hub import secret
    from menshen import console
    from menshen.hub.memory import opened

    now = int(time.time())
    with opened(url(database)) as connection:
        if action == "add":
            if not site:
                raise TroubleError(say("--site says for which site the secret is", "请用 --site 指定口令所属场所"))
            made, text = secret.add(connection, site, now, days * DAY)
            console.print_json({**_secret(made), "secret": text}) if as_json else _given(made, text)
            return
        if action == "revoke" and not (name and secret.revoke(connection, name, now)):
            raise TroubleError(say(f"no such secret to revoke: {name}", f"没有可吊销的口令：{name}"))
        found = [_secret(one) for one in secret.listed(connection)]
    if as_json:
        console.print_json({"secrets": found})
        return
    columns = [say("id", "编号"), say("site", "场所"), say("made", "创建"), say("good until", "有效至"), say("revoked", "吊销")]
    console.show(console.table(columns, [[str(cell or "") for cell in one.values()] for one in found]))


def _given(made: Secret, text: str) -> None:
    import sys

    from menshen import console

    sys.stdout.write(f"{text}\n")
    console.tell(
        say(
            f"secret {made.id} for {made.site}: shown once, kept as a digest; put it into the enroll_secret_path of its hosts",
            f"{made.site} 的口令 {made.id}：仅显示这一次，只保存摘要；请写入该场所终端的 enroll_secret_path 文件",
        )
    )


def _secret(one: Secret) -> dict[str, Any]:
    return {
        "id": one.id,
        "site": one.site,
        "made_at": _time(one.made_at),
        "expires_at": _time(one.expires_at),
        "revoked_at": _time(one.revoked_at),
    }


def _time(moment: int | None) -> str | None:
    from agents.hub.remembered import stamp

    return stamp(moment) if moment else None


def hosts(remove: Remove = None, database: DatabaseUrl = None, *, as_json: Json = False) -> None:
    """Show or remove hosts."""
    from agents.hub import hosts as enrolled
    from menshen.hub.memory import opened

    with opened(url(database)) as connection:
        found = enrolled.listed(connection)
        if remove is not None:
            enrolled.remove(connection, _one(found, remove).id)
            found = enrolled.listed(connection)
    _show(found, as_json=as_json)


def review(database: DatabaseUrl = None, *, as_json: Json = False) -> None:
    """Show hosts that wait for a person."""
    from agents.hub import hosts as enrolled
    from menshen.hub.memory import opened

    with opened(url(database)) as connection:
        found = [one for one in enrolled.listed(connection) if one.review or one.subject is None]
    _show(found, as_json=as_json)
    raise typer.Exit(Exit.FAILS if found else Exit.FINE)


def match(host: HostId, subject: SubjectName, database: DatabaseUrl = None, inventory: Inventory = None) -> None:
    """Bind a host to a subject."""
    from agents.hub import hosts as enrolled
    from menshen import console
    from menshen.hub.memory import opened
    from menshen.inventory import read
    from menshen.settings import inventory_path
    from menshen.subject import HUB

    (known,) = read(inventory or inventory_path(), subject)[:1]
    if known.connection != HUB:
        raise TroubleError(say(f"{subject} has no menshen_through: hub", f"{subject} 未设置 menshen_through: hub"))
    with opened(url(database)) as connection:
        found = _one(enrolled.listed(connection), host)
        enrolled.bind(connection, found.id, known.name)
    console.tell(say(f"{found.hostname} ({found.id[:12]}) is {known.name}", f"{found.hostname}（{found.id[:12]}）即 {known.name}"))


def _one(found: list[Host], name: str) -> Host:
    fitting = [one for one in found if name and one.id.startswith(name)]
    if len(fitting) != 1:
        raise TroubleError(
            say(
                f"{len(fitting)} enrolled hosts have an id that begins with {name!r}",
                f"编号以 {name!r} 开头的已登记终端有 {len(fitting)} 台",
            )
        )
    return fitting[0]


def document(one: Host) -> dict[str, Any]:
    """Give a host as JSON has it: times as stamps, no key."""
    found = asdict(one)
    for name in ("enrolled_at", "seen_at", "answered_at", "swaps_since"):
        found[name] = _time(found[name])
    del found["fingerprint"]
    return found


def _show(found: list[Host], *, as_json: bool) -> None:
    from menshen import clock, console
    from reports.reasons import said

    if as_json:
        console.print_json({"hosts": [document(one) for one in found]})
        return
    names = (
        ("id", "编号"),
        ("subject", "对象"),
        ("host name", "主机名"),
        ("site", "场所"),
        ("osquery", "osquery"),
        ("last heard of", "最近联系"),
        ("to review", "待核对"),
    )
    rows = [
        [
            one.id[:12],
            one.subject or "–",
            one.hostname,
            one.site,
            one.version,
            clock.local(_time(one.seen_at) or ""),
            said(one.review, of_environment()),
        ]
        for one in found
    ]
    console.show(console.table([say(en, zh) for en, zh in names], rows, whole=0))
