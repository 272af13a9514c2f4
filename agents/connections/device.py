# SPDX-License-Identifier: Apache-2.0
"""A UPS or a sensor: the way to it by SNMP or NUT, and the source of its tables."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from agents import __version__
from agents.connections.nut_target import NutTarget
from agents.connections.snmp_target import SnmpTarget
from agents.source import NotServedError
from policies import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.devices.coordinator import Coordinator
    from agents.devices.sample import Device, Seen
    from agents.source import Ask, Row

# A look reads what a device has from end to end; one that takes longer drips its answers.
LOOK_SECONDS: Final = 45.0
TABLES: Final = {"ups": frozenset({"ups", "device_info", "time"}), "sensor": frozenset({"climate", "device_info", "time"})}
_TICKS_A_SECOND: Final = 100


@dataclass(frozen=True, slots=True)
class DeviceTarget:
    """One device: `kind` is ups or sensor.

    `serves`, `place` and `contract_until` (Unix seconds) are the inventory's words for what hangs on it, where it stands and
    how long it is under contract.
    """

    name: str
    kind: str
    line: SnmpTarget | NutTarget
    serves: str = ""
    place: str = ""
    contract_until: int | None = None

    @property
    def word(self) -> str:
        """Name the protocol: snmp or nut."""
        return "snmp" if isinstance(self.line, SnmpTarget) else "nut"

    def device(self) -> Device:
        """Give the device, without touching it."""
        # pysnmp takes half a second to import: only who talks to a device pays for it.
        if isinstance(self.line, NutTarget):
            from agents.connections.nut_line import NutLine  # noqa: PLC0415 - see above
            from agents.devices.nut_device import NutDevice  # noqa: PLC0415 - see above

            return NutDevice(self.name, NutLine(self.line), serves=self.serves)
        from agents.connections.snmp_line import SnmpLine  # noqa: PLC0415 - see above
        from agents.devices.snmp_device import SnmpDevice  # noqa: PLC0415 - see above

        return SnmpDevice(self.name, self.kind, SnmpLine(self.line), serves=self.serves, place=self.place)

    def coordinator(self) -> Coordinator:
        """Give the coordinator a watcher polls the device with."""
        from agents.devices.coordinator import Coordinator  # noqa: PLC0415 - see above

        return Coordinator(self.device())

    @contextmanager
    def opened(self, seconds: float) -> Iterator[DeviceSource]:
        """Look at the device, and give the source of its tables, as every `Way` does.

        Raises:
            NotObservedError: it does not answer, refuses, or says what none of its kind says.
        """
        from agents.connections import background  # noqa: PLC0415 - only who looks needs the loop

        yield DeviceSource(self, background.run(self.device().look(), min(seconds, LOOK_SECONDS)))


class DeviceSource:
    """Answers the tables of one device from one look at it."""

    def __init__(self, target: DeviceTarget, seen: Seen) -> None:
        self.kind = target.kind
        self.label = f"{target.word}/menshen {__version__}"
        self._target = target
        self._seen = seen

    def serves(self, table: str) -> bool:
        """Tell whether the device has `table`."""
        return table in TABLES[self.kind]

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:  # noqa: ARG002 - SQLite picks the rows
        """Give the rows of `table`.

        Raises:
            NotServedError: a device of this kind has no such table.
        """
        if table not in TABLES[self.kind]:
            raise NotServedError(f"{schema.find(table).origin} table {table} is not served by a {self.kind}")
        if table == "time":
            return [_clock()]
        if table == "device_info":
            return [self._info()]
        return [self._seen.ups.row()] if self._seen.ups else [one.row() for one in self._seen.climate]

    def _info(self) -> Row:
        ups, pulse = self._seen.ups, self._seen.pulse
        return {
            "vendor": ups.vendor if ups else None,
            "model": ups.model if ups else None,
            "serial": ups.serial if ups else None,
            "place": self._target.place or None,
            "uptime_seconds": None if pulse is None else pulse // _TICKS_A_SECOND,
            "contract_until": self._target.contract_until,
        }


def _clock() -> Row:
    now = datetime.now(UTC)
    return {"unix_time": int(now.timestamp()), "iso_8601": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
