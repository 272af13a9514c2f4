# SPDX-License-Identifier: Apache-2.0
"""`menshen watch`: the daemon of the server room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from menshen.commands.options import Inventory
from menshen.language import say
from menshen.trouble import TroubleError

if TYPE_CHECKING:
    from agents.watch.watcher import Watcher
    from menshen.watching import Room

Metrics = Annotated[
    str,
    typer.Option(
        "--metrics",
        metavar="ADDRESS:PORT",
        help=say(
            "Where Prometheus may ask; `off` for nowhere. Anything but the loopback is open to all who reach it.",
            "Prometheus 采集地址；off 为不开放。非回环地址对所有可达者开放。",
        ),
    ),
]
PrintUnit = Annotated[
    bool, typer.Option("--print-unit", help=say("Print the systemd unit and end.", "打印 systemd 单元文件后退出。"))
]
InstallUnit = Annotated[
    bool,
    typer.Option(
        "--install-unit", help=say("Write the systemd unit and end; as root.", "写入 systemd 单元文件后退出（需 root）。")
    ),
]
UNIT: Path = Path("/etc/systemd/system/menshen-watch.service")

HELP_EN = """Watch the UPSes and sensors of the inventory, keep their history, and carry out the outage plan beside it.

It runs until it is told to end. What it knows and what it has begun is on disk: after a kill or a restart it goes on.
Without inventory/outage.yml it watches and tells, and does nothing.

Examples: menshen watch; menshen watch -i inventory --metrics off; menshen watch --print-unit
"""
HELP_ZH = """监控清单中的 UPS 和环境传感器，保存历史记录，并执行清单旁的停电预案。

一直运行到收到停止信号。所知状态和已开始的步骤都在磁盘上，被杀或重启后接着执行。
没有 inventory/outage.yml 时只监控和通知，不做任何操作。

例：menshen watch；menshen watch -i inventory --metrics off；menshen watch --print-unit
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=say(HELP_EN, HELP_ZH))(watch)


def watch(
    inventory: Inventory = None,
    metrics: Metrics = "127.0.0.1:9716",
    *,
    print_unit: PrintUnit = False,
    install_unit: InstallUnit = False,
) -> None:
    """Watch until told to end."""
    from menshen import console
    from menshen.watching import room

    if print_unit or install_unit:
        _unit(inventory, install=install_unit)
        return
    place = _place(metrics)
    found = room(inventory)
    if not found.devices:
        raise TroubleError(
            say(
                "no UPS and no sensor of the inventory has an address: menshen_snmp or menshen_nut is missing",
                "清单中没有可连接的 UPS 或传感器：缺少 menshen_snmp 或 menshen_nut",
            )
        )
    if not found.written:
        console.tell(say("no outage.yml beside the inventory: watching only", "清单旁没有 outage.yml：仅监控，不执行操作"))
    _run(found, place)


def _place(text: str) -> tuple[str, int] | None:
    if text == "off":
        return None
    address, _, port = text.rpartition(":")
    if not address or not port.isdigit() or int(port) not in range(1, 65536):
        raise TroubleError(say(f"--metrics {text}: write ADDRESS:PORT or off", f"--metrics {text}：应写作 地址:端口 或 off"))
    return address.strip("[]"), int(port)


def _run(found: Room, place: tuple[str, int] | None) -> None:
    import asyncio
    import signal

    from agents.watch.store import Store
    from agents.watch.watcher import Watcher
    from menshen import console
    from menshen.settings import watch_path
    from menshen.watching import Teller

    teller = Teller(found.plan, found.inventory)

    async def life(watcher: Watcher) -> None:
        task = asyncio.ensure_future(watcher.run([device.coordinator() for device in found.devices]))
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            console.tell(say("ended as told", "已按要求停止"))

    with Store(watch_path(), create=True) as store:
        watcher = Watcher(found.plan, store, found.command, teller)
        if place is not None:
            _serve(watcher, place)
        console.tell(
            say(
                f"watching {len(found.devices)} devices, plan {found.plan.title.en or '-'}",
                f"正在监控 {len(found.devices)} 台设备，预案：{found.plan.title.zh or '-'}",
            )
        )
        asyncio.run(life(watcher))
    teller.close()


def _serve(watcher: Watcher, place: tuple[str, int]) -> None:
    from agents.watch.metrics import serve

    try:
        serve(watcher, *place)
    except OSError as error:
        raise TroubleError(
            say(
                f"metrics cannot be offered at {place[0]}:{place[1]}: {error.strerror}",
                f"无法在 {place[0]}:{place[1]} 提供指标：{error.strerror}",
            )
        ) from error


def _unit(inventory: Path | None, *, install: bool) -> None:
    from menshen import console
    from menshen.watch_unit import unit

    text = unit(inventory)
    if not install:
        typer.echo(text, nl=False)
        return
    try:
        UNIT.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TroubleError(say(f"{UNIT}: cannot be written: {error.strerror}", f"{UNIT}：无法写入：{error.strerror}")) from error
    console.tell(
        say(
            f"wrote {UNIT}; start it: systemctl daemon-reload && systemctl enable --now menshen-watch",
            f"已写入 {UNIT}；启用：systemctl daemon-reload && systemctl enable --now menshen-watch",
        )
    )
