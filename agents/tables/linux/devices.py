# SPDX-License-Identifier: Apache-2.0
"""What is plugged in: USB and PCI devices of a Linux host, from /sys; names from the lists of ids, where installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from agents.tables.linux.plain import attribute, link, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

USB: Final = "/sys/bus/usb/devices"
PCI: Final = "/sys/bus/pci/devices"
ID_LISTS: Final = ("/usr/share/misc/{}.ids", "/usr/share/hwdata/{}.ids")
# As osquery numbers it, but for `fixed`, which it counts as removable.
REMOVABLE: Final = {"removable": 1, "fixed": 0}


class Names(NamedTuple):
    """Names by id in lower-case hexadecimal: vendors, (vendor, model), classes, (class, subclass)."""

    vendors: dict[str, str]
    models: dict[tuple[str, str], str]
    classes: dict[str, str]
    subclasses: dict[tuple[str, str], str]


def usb_devices(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the USB devices, hubs too: usb_address is the bus, usb_port the device on it; removable -1 where unknown."""
    names = _names(host, "usb") if ask.wants("vendor", "model") else Names({}, {}, {}, {})
    for name in host.names(USB):
        folder = f"{USB}/{name}"
        vendor, model = attribute(host, f"{folder}/idVendor"), attribute(host, f"{folder}/idProduct")
        if vendor is not None and model is not None:
            kinds = (whole(attribute(host, f"{folder}/bDevice{part}"), 16) for part in ("Class", "SubClass", "Protocol"))
            yield {
                "usb_address": whole(attribute(host, f"{folder}/busnum")),
                "usb_port": whole(attribute(host, f"{folder}/devnum")),
                "vendor": names.vendors.get(vendor) or attribute(host, f"{folder}/manufacturer") or "",
                "vendor_id": vendor,
                "version": attribute(host, f"{folder}/bcdDevice") or "",
                "model": names.models.get((vendor, model)) or attribute(host, f"{folder}/product") or "",
                "model_id": model,
                "serial": attribute(host, f"{folder}/serial") or "",
                **dict(zip(("class", "subclass", "protocol"), ("" if k is None else str(k) for k in kinds), strict=True)),
                "removable": REMOVABLE.get(attribute(host, f"{folder}/removable") or "", -1),
            }


def pci_devices(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the PCI devices; ids are hexadecimal with 0x, as osquery has them."""
    named = ask.wants("vendor", "model", "pci_class", "pci_subclass", "subsystem_vendor")
    names = _names(host, "pci") if named else Names({}, {}, {}, {})
    for slot in host.names(PCI):
        folder = f"{PCI}/{slot}"
        vendor, model, kind, owner, variant = (
            (attribute(host, f"{folder}/{file}") or "").removeprefix("0x")
            for file in ("vendor", "device", "class", "subsystem_vendor", "subsystem_device")
        )
        yield {
            "pci_slot": slot,
            "driver": (link(host, f"{folder}/driver") or "").rpartition("/")[2],
            "vendor": names.vendors.get(vendor, ""),
            "vendor_id": _prefixed(vendor),
            "model": names.models.get((vendor, model), ""),
            "model_id": _prefixed(model),
            "pci_class": names.classes.get(kind[:2], ""),
            "pci_class_id": _prefixed(kind[:2]),
            "pci_subclass": names.subclasses.get((kind[:2], kind[2:4]), ""),
            "pci_subclass_id": _prefixed(kind[2:4]),
            "subsystem_vendor": names.vendors.get(owner, ""),
            "subsystem_vendor_id": _prefixed(owner),
            "subsystem_model_id": _prefixed(variant),
        }


def _prefixed(number: str) -> str:
    return f"0x{number}" if number else ""


def _names(host: Host, bus: str) -> Names:
    """Read a list of ids: vendors at the margin, models one tab in; classes begin with C."""
    names = Names({}, {}, {}, {})
    text = next(filter(None, (host.text(form.format(bus)) for form in ID_LISTS)), "")
    vendor = kind = ""
    for line in text.split("\n"):
        number, _, name = line.strip().partition("  ")
        if not name or line.startswith(("#", "\t\t")):
            continue
        if line.startswith("\t"):
            if kind:
                names.subclasses[kind, number] = name
            elif vendor:
                names.models[vendor, number] = name
        elif line.startswith("C "):
            vendor, kind = "", number[2:]
            names.classes[kind] = name
        else:
            vendor, kind = number, ""
            names.vendors[vendor] = name
    return names
