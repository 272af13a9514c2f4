# SPDX-License-Identifier: Apache-2.0
"""How makers name the settings of their firmware: data files, one a maker, read into the rows of `firmware_names`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANY_MODEL: Final = "%"
# What a setting is for; `menshen lint` and the playbook know no other words.
USES: Final[Mapping[str, tuple[str, str]]] = {
    "bluetooth": ("Bluetooth", "蓝牙"),
    "boot_menu": ("One-time boot menu", "一次性启动菜单"),
    "boot_network": ("Boot from the network", "网络启动"),
    "boot_optical": ("Boot from optical drives", "光驱启动"),
    "boot_usb": ("Boot from USB", "USB 启动"),
    "camera": ("Camera", "摄像头"),
    "card_reader": ("Card reader", "读卡器"),
    "chassis_intrusion": ("Chassis intrusion alarm", "机箱入侵报警"),
    "infrared": ("Infrared", "红外"),
    "microphone": ("Microphone", "麦克风"),
    "optical": ("Optical drive", "光驱"),
    "parallel": ("Parallel port", "并口"),
    "secure_boot": ("Secure boot", "安全启动"),
    "serial": ("Serial port", "串口"),
    "thunderbolt": ("Thunderbolt", "雷电接口"),
    "tpm": ("TPM", "可信平台模块"),
    "usb_front": ("USB ports at the front", "前置 USB 口"),
    "usb_ports": ("All USB ports", "全部 USB 口"),
    "usb_rear": ("USB ports at the rear", "后置 USB 口"),
    "usb_side": ("USB ports at the side", "侧面 USB 口"),
    "wake_on_lan": ("Wake on LAN", "网络唤醒"),
    "wireless_lan": ("Wireless LAN", "无线网卡"),
    "wireless_wan": ("Mobile network", "移动网络"),
}


class NamesError(ValueError):
    """A data file of names is not as it must be; the message begins with the file's name."""


@dataclass(frozen=True, slots=True)
class Name:
    """One setting of one maker: for which models (SQL LIKE pattern), what for, its name, and the values that are as wanted.

    `wanted` is in the order in which they are to be tried, divided by semicolons.
    """

    vendor: str
    model: str
    use: str
    setting: str
    wanted: str

    def row(self) -> dict[str, str]:
        """Give it as a row of `firmware_names`."""
        return {name: getattr(self, name) for name in self.__slots__}


@cache
def names() -> tuple[Name, ...]:
    """Read all data files, in the order of their names.

    Raises:
        NamesError: a file has another shape, or speaks of a use that does not exist.
    """
    folder = files(__package__)
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yml"))
    return tuple(name for file in found for name in read(file, yaml.safe_load(folder.joinpath(file).read_bytes())))


def read(file: str, document: Any) -> Iterator[Name]:
    """Read one data file: `vendors` (patterns), `settings` use -> name -> wanted values, and `models` pattern -> settings."""
    try:
        groups = {ANY_MODEL: document["settings"], **document.get("models", {})}
        for vendor in document["vendors"]:
            for model, uses in groups.items():
                yield from _names(file, vendor, model, uses)
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{file}: not a file of firmware names: {error!r}"
        raise NamesError(message) from error


def _names(file: str, vendor: str, model: str, uses: Mapping[str, Mapping[str, Any]]) -> Iterator[Name]:
    for use, settings in uses.items():
        if use not in USES:
            message = f"{file}: no such use: {use}"
            raise NamesError(message)
        for setting, wanted in settings.items():
            if not isinstance(wanted, list) or not all(isinstance(value, str) and value for value in wanted):
                message = f"{file}: {setting}: the wanted values must be a list of quoted texts"
                raise NamesError(message)
            yield Name(vendor, model, use, setting, ";".join(wanted))
