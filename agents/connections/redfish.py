# SPDX-License-Identifier: Apache-2.0
"""A server's firmware as its management controller tells it by Redfish, and the changes that controller takes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from agents import __version__
from agents.connections.deadline import Deadline
from agents.connections.local import not_served
from agents.connections.redfish_line import ROOT, Line, RefusedError
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agents.connections.redfish_target import RedfishTarget
    from agents.source import Ask, Row

__all__ = ["RedfishSource", "RefusedError", "opened"]

TABLES: Final = frozenset({"firmware", "firmware_settings", "secureboot"})
SETTINGS: Final = "@Redfish.Settings"
# No standard property says whether a password is set; these makers have one of their own, in the system or its BIOS.
OEM_SET: Final = ("IsUefiAdminPasswordSet", "IsSetupPasswordSet", "AdminPasswordSet")
# Dell shows it as an attribute; its values are words of the registry, not of a language.
DELL_STATUS: Final = "SetupPasswordStatus"
MAKERS: Final = ("dell", "hp", "hewlett", "lenovo")


class RedfishSource:
    """Answers the firmware tables of one server."""

    def __init__(self, line: Line) -> None:
        self.kind = line.target.kind
        self.label = f"redfish/menshen {__version__}"
        self._line = line
        self._kept: dict[str, dict[str, Any]] = {}

    def serves(self, table: str) -> bool:
        """Tell whether a management controller can be asked `table`."""
        return table in TABLES

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:  # noqa: ARG002 - SQLite picks the rows
        """Give the rows of `table`.

        Raises:
            NotServedError: a management controller has no such table.
            NotObservedError: it does not answer.
        """
        if table not in TABLES:
            raise not_served(table)
        return {"firmware": self._firmware, "firmware_settings": self._settings, "secureboot": self._secureboot}[table]()

    # -- documents

    def system(self) -> dict[str, Any]:
        """Give the computer behind the controller."""
        members = _list(self._get(_link(self._get(ROOT), "Systems") or "/redfish/v1/Systems"), "Members")
        paths = [path for path in map(_path, members) if path]
        wanted = [
            path for path in paths if not self._line.target.system or path.rstrip("/").endswith(f"/{self._line.target.system}")
        ]
        if len(wanted) != 1:
            raise NotObservedError(f"{self._line.target.place} has {len(paths)} systems: name one (menshen_redfish_system)")
        return self._get(wanted[0])

    def bios(self) -> dict[str, Any]:
        """Give its BIOS resource; {} where the controller has none."""
        path = _link(self.system(), "Bios")
        return self._get(path) if path else {}

    def pending(self) -> dict[str, Any]:
        """Give the attributes that count after the next restart, and differ from those of now."""
        path = _path(_dict(self.bios().get(SETTINGS)).get("SettingsObject"))
        coming = _dict(self._get(path).get("Attributes")) if path else {}
        now = _dict(self.bios().get("Attributes"))
        return {name: value for name, value in coming.items() if name in now and value != now[name]}

    def _get(self, path: str) -> dict[str, Any]:
        if path not in self._kept:
            self._kept[path] = self._line.get(path)
        return self._kept[path]

    # -- tables

    def _firmware(self) -> Iterator[Row]:
        system, bios = self.system(), self.bios()
        boot = next(iter(self._secureboot()))
        chips = [chip for chip in _list(system, "TrustedModules") if isinstance(chip, dict)]
        enabled = [chip for chip in chips if _dict(chip.get("Status")).get("State") == "Enabled"]
        state, evidence = _claim(system, bios)
        waiting = bool(self.pending())
        yield {
            "vendor": _text(system.get("Manufacturer")),
            "model": _text(system.get("Model")),
            "version": _text(system.get("BiosVersion")),
            "mode": {"UEFI": "uefi", "Legacy": "bios"}.get(str(_dict(system.get("Boot")).get("BootSourceOverrideMode"))),
            **boot,
            "tpm": int(bool(enabled)) if chips else None,
            "tpm_version": "2" if any("2_0" in str(chip.get("InterfaceType")) for chip in enabled) else "",
            "chassis_intrusion": self._intrusion(system),
            "admin_password_state": state,
            "power_on_password_state": "interface_broken" if _known(system) else "unknown_vendor",
            "disk_password_state": "interface_broken" if _known(system) else "unknown_vendor",
            "pending_reboot": int(waiting),
            "certificate_mode": None,
            "evidence": evidence,
        }

    def _secureboot(self) -> Iterator[Row]:
        path = _link(self.system(), "SecureBoot")
        found = self._get(path) if path else {}
        now = {"Enabled": 1, "Disabled": 0}.get(str(found.get("SecureBootCurrentBoot")))
        mode = found.get("SecureBootMode")
        yield {"secure_boot": now, "setup_mode": None if mode is None else int(mode == "SetupMode")}

    def _intrusion(self, system: Mapping[str, Any]) -> int | None:
        """Read the case's contact: 0 Normal, 1 HardwareIntrusion or TamperingDetected, NULL where there is none."""
        sensors = []
        for path in map(_path, _list(_dict(system.get("Links")), "Chassis")):
            security = _dict(self._get(path).get("PhysicalSecurity")) if path else {}
            sensors.append({"Normal": 0, "HardwareIntrusion": 1, "TamperingDetected": 1}.get(str(security.get("IntrusionSensor"))))
        return max((found for found in sensors if found is not None), default=None)

    def _settings(self) -> Iterator[Row]:
        pending, registry = self.pending(), self._registry()
        for name, value in sorted(_dict(self.bios().get("Attributes")).items()):
            known = registry.get(name, {})
            if known.get("Type") == "Password":
                continue
            allowed = [str(one.get("ValueName")) for one in _list(known, "Value") if isinstance(one, dict)]
            read_only = known.get("ReadOnly")
            yield {
                "name": name,
                "value": _shown(value),
                "allowed_values": ";".join(allowed),
                "pending_value": _shown(pending[name]) if name in pending else None,
                "read_only": int(read_only) if isinstance(read_only, bool) else None,
                "source": "redfish",
            }

    def _registry(self) -> dict[str, Mapping[str, Any]]:
        """Give what the controller's registry says of each attribute; {} where it has none."""
        name = str(self.bios().get("AttributeRegistry") or "")
        if not name or not name.replace(".", "").replace("_", "").isalnum():
            return {}
        places = _list(self._get(f"/redfish/v1/Registries/{name}"), "Location")
        paths = [
            str(place.get("Uri"))
            for place in places
            if isinstance(place, dict) and str(place.get("Uri", "")).startswith("/redfish/")
        ]
        entries = _dict(self._get(paths[0]).get("RegistryEntries")) if paths else {}
        return {str(one.get("AttributeName")): one for one in _list(entries, "Attributes") if isinstance(one, dict)}

    # -- changes

    def set_attributes(self, wanted: Mapping[str, str]) -> None:
        """Let attributes count after the next restart, and read back that they are pending.

        Raises:
            RefusedError: the controller refused them, or took them without effect.
            NotObservedError: it does not answer.
        """
        path = _path(_dict(self.bios().get(SETTINGS)).get("SettingsObject"))
        if not path:
            raise RefusedError(f"{self._line.target.place} takes no BIOS settings")
        self._line.change("PATCH", path, {"Attributes": dict(wanted)})
        self._kept.clear()
        now, coming = _dict(self.bios().get("Attributes")), self.pending()
        missing = [name for name, value in wanted.items() if coming.get(name, now.get(name)) != value]
        if missing:
            raise RefusedError(f"{self._line.target.place} took {', '.join(missing)} without complaint, and without effect")

    def change_password(self, name: str, old: str, new: str) -> None:
        """Change a BIOS password by its name in the registry (DSP0266 Bios.ChangePassword); `old` is "" where none is set.

        Raises:
            RefusedError: the old one is wrong, the new one not allowed, or the controller has no such action.
            NotObservedError: it does not answer.
        """
        action = _dict(_dict(self.bios().get("Actions")).get("#Bios.ChangePassword"))
        path = str(action.get("target") or "")
        if not path.startswith("/redfish/"):
            raise RefusedError(f"{self._line.target.place} changes no BIOS passwords")
        self._line.change("POST", path, {"PasswordName": name, "OldPassword": old, "NewPassword": new})
        self._kept.clear()


@contextmanager
def opened(target: RedfishTarget, seconds: float) -> Iterator[RedfishSource]:
    """Log on to a management controller for a block, which ends at the latest `seconds` after its beginning.

    Raises:
        NotObservedError: there is no way in; the message says what would help.
    """
    line = Line(target, Deadline(seconds))
    try:
        yield RedfishSource(line)
    finally:
        line.close()


def _claim(system: Mapping[str, Any], bios: Mapping[str, Any]) -> tuple[str, str]:
    for where, document in (("Bios", bios), ("ComputerSystem", system)):
        for maker, found in _dict(document.get("Oem")).items():
            for name in OEM_SET:
                value = _dict(found).get(name)
                if isinstance(value, bool):
                    return ("set" if value else "not_set"), f"{where}.Oem.{maker}.{name}"
    status = _dict(bios.get("Attributes")).get(DELL_STATUS)
    if status in {"Set", "NotSet"}:
        return ("set" if status == "Set" else "not_set"), f"Bios.Attributes.{DELL_STATUS}"
    return (
        ("interface_broken", "no property of the controller says whether a password is set")
        if _known(system)
        else ("unknown_vendor", "")
    )


def _known(system: Mapping[str, Any]) -> bool:
    return str(system.get("Manufacturer") or "").lower().startswith(MAKERS)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    found = document.get(name)
    return found if isinstance(found, list) else []


def _path(value: object) -> str:
    found = _dict(value).get("@odata.id")
    return found if isinstance(found, str) and found.startswith("/redfish/") else ""


def _link(document: Mapping[str, Any], name: str) -> str:
    return _path(document.get(name))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _shown(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
