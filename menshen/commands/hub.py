# SPDX-License-Identifier: Apache-2.0
"""`menshen hub`: let PCs that nobody logs in to report by themselves, through osquery's TLS remote API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from menshen.commands import hub_hosts
from menshen.commands.options import Inventory, Json, LedgerFile
from menshen.language import say
from menshen.trouble import TroubleError

if TYPE_CHECKING:
    from agents.hub.serving import Place

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="PATH|URL",
        help=say(
            "SQLite file, or postgresql://… without password (default: MENSHEN_HUB_DATABASE, else hub.db in the state folder).",
            "SQLite 文件，或不含口令的 postgresql://…（默认 MENSHEN_HUB_DATABASE，否则为状态目录中的 hub.db）。",
        ),
    ),
]
ListenHost = Annotated[str, typer.Option("--host", metavar="ADDRESS", help=say("Listen here.", "监听地址。"))]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help=say("Listen on this port.", "监听端口。"))]
Certificate = Annotated[
    Path | None, typer.Option("--cert", metavar="FILE", help=say("The hub's certificate (PEM).", "本服务的证书（PEM）。"))
]
Key = Annotated[Path | None, typer.Option("--key", metavar="FILE", help=say("Its private key (PEM).", "证书私钥（PEM）。"))]
ClientCa = Annotated[
    Path | None,
    typer.Option(
        "--client-ca",
        metavar="FILE",
        help=say("Demand client certificates of this CA (PEM).", "要求由此 CA（PEM）签发的客户端证书。"),
    ),
]
AdminPort = Annotated[
    int,
    typer.Option(
        "--admin-port",
        min=0,
        max=65535,
        help=say(
            "Serve the admin API on this port of --admin-host; 0: off. Its token is MENSHEN_HUB_ADMIN_TOKEN.",
            "在 --admin-host 的此端口提供管理接口；0 为关闭。令牌取自 MENSHEN_HUB_ADMIN_TOKEN。",
        ),
    ),
]
AdminHost = Annotated[
    str, typer.Option("--admin-host", metavar="ADDRESS", help=say("Where the admin API listens.", "管理接口监听地址。"))
]
Every = Annotated[
    float,
    typer.Option(
        "--every",
        min=0,
        metavar="SECONDS",
        help=say(
            "Settle in the ledger so often; 0: never here (serve), or once (settle).",
            "每隔多少秒记入台账；0：此处不记（serve），或只记一次（settle）。",
        ),
    ),
]
Distributed = Annotated[
    int, typer.Option("--interval", min=1, metavar="SECONDS", help=say("Ask every control so often.", "每隔多少秒询问全部控制项。"))
]
Scheduled = Annotated[
    int,
    typer.Option(
        "--schedule",
        min=60,
        metavar="SECONDS",
        help=say("Let hosts run the same by themselves so often.", "终端自行执行同样查询的间隔秒数。"),
    ),
]
Spread = Annotated[
    int,
    typer.Option(
        "--spread",
        min=0,
        metavar="SECONDS",
        help=say("Ask new hosts for the first time over so long.", "把新终端的首次询问分散到此时长内。"),
    ),
]

HELP = say(
    "Serve osqueryd on PCs that nobody logs in to: secrets, hosts, and the service itself.",
    "为无人登录的终端上的 osqueryd 提供服务：登记口令、终端与服务本身。",
)
SERVE_EN = """Serve osquery's TLS remote API; settle what comes in in the ledger.

Hosts of the inventory with `menshen_through: hub` are asked their controls. SQLite by default; several hubs share a PostgreSQL.

Examples: menshen hub serve --cert hub.pem --key hub.key; menshen hub serve --host 127.0.0.1 --port 8080 (behind a proxy)
"""
SERVE_ZH = """提供 osquery 的 TLS 远程接口，并把收到的结果记入台账。

主机清单中带 menshen_through: hub 的主机会被询问其控制项。默认使用 SQLite；多个服务可共用一个 PostgreSQL。

例：menshen hub serve --cert hub.pem --key hub.key；menshen hub serve --host 127.0.0.1 --port 8080（置于反向代理之后）
"""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    hub = typer.Typer(help=HELP, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
    hub.command(help=say(SERVE_EN, SERVE_ZH))(serve)
    hub.command(help=say("Bring what hosts sent into the ledger, without serving.", "把已收到的结果记入台账（不提供服务）。"))(
        settle
    )
    hub_hosts.register(hub)
    app.add_typer(hub, name="hub", help=HELP)


def serve(  # noqa: PLR0913, PLR0917 - one parameter an option of the command line
    host: ListenHost = "0.0.0.0",  # noqa: S104 - hosts come from everywhere on the site
    port: Port = 8443,
    cert: Certificate = None,
    key: Key = None,
    client_ca: ClientCa = None,
    admin_host: AdminHost = "127.0.0.1",
    admin_port: AdminPort = 0,
    database: Database = None,
    inventory: Inventory = None,
    ledger: LedgerFile = None,
    every: Every = 60.0,
    interval: Distributed = 3600,
    schedule: Scheduled = 14_400,
    spread: Spread = 300,
) -> None:
    """Serve."""
    from agents.hub.core import Pace
    from agents.hub.database import StoreError
    from agents.hub.serving import CertificateError
    from menshen.hub import run
    from menshen.hub.memory import told
    from menshen.settings import inventory_path, ledger_path

    running = run.Running(
        database=hub_hosts.url(database),
        inventory=inventory or inventory_path(),
        ledger=ledger or ledger_path(),
        place=_place(host, port, cert, key, client_ca),
        admin=_admin(admin_host, admin_port, cert, key),
        pace=Pace(distributed=interval, scheduled=schedule, spread=spread),
        every=every,
    )
    try:
        run.serve(running)
    except (StoreError, CertificateError) as error:
        raise told(error) from error


def settle(
    database: Database = None, inventory: Inventory = None, ledger: LedgerFile = None, every: Every = 0.0, *, as_json: Json = False
) -> None:
    """Settle."""
    from menshen import console
    from menshen.hub import run
    from menshen.settings import inventory_path, ledger_path

    count = run.settle(hub_hosts.url(database), inventory or inventory_path(), ledger or ledger_path(), every)
    if as_json:
        console.print_json({"settled": count})
    else:
        console.tell(say(f"{count} requests settled in the ledger", f"{count} 个请求已记入台账"))


def _place(host: str, port: int, cert: Path | None, key: Path | None, client_ca: Path | None) -> Place:
    from agents.hub.serving import Place, Tls

    if cert is not None and key is not None:
        return Place(host, port, Tls(cert, key, client_ca))
    if cert is None and key is None and client_ca is None and host in LOOPBACK:
        return Place(host, port)
    raise TroubleError(
        say(
            "--cert and --key are needed: osqueryd speaks TLS only; without them, listen on the loopback (--host 127.0.0.1)",
            "需要 --cert 和 --key：osqueryd 只使用 TLS；不带证书时只能监听本机回环地址（--host 127.0.0.1）",
        )
    )


def _admin(host: str, port: int, cert: Path | None, key: Path | None) -> Place | None:
    import os

    from menshen.hub.run import TOKEN

    if not port:
        return None
    if len(os.environ.get(TOKEN, "")) < 16:  # noqa: PLR2004 - what follows says it
        raise TroubleError(
            say(
                f"the admin API needs a token of at least 16 characters in {TOKEN}",
                f"管理接口需要在 {TOKEN} 中设置至少 16 个字符的令牌",
            )
        )
    return _place(host, port, cert, key, None)
