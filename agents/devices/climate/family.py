# SPDX-License-Identifier: Apache-2.0
"""A family of sensors: where its agents keep their probes, as tables of data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agents.devices.climate.probe import ProbeTable
    from agents.devices.raw import Values
    from agents.devices.reading import ClimateReading

    Rows = Callable[[str, str, Values, int], Iterable[ClimateReading]]


@dataclass(frozen=True, slots=True)
class SensorFamily:
    """It is there when something answers below `root`.

    `walks` are the subtrees read when a device is learnt. Makers that number their models and repeat one layout below each
    have `{product}` in them; `rows` is asked with that number ("" where there is none), the subject, its values and the time.
    """

    name: str
    root: str
    walks: tuple[str, ...]
    rows: Rows

    def product(self, oid: str) -> str:
        """Give the model's number in an OID below `root`, "" where it has none."""
        rest = oid.removeprefix(f"{self.root}.") if oid.startswith(f"{self.root}.") else ""
        return rest.partition(".")[0]

    def subtrees(self, product: str) -> tuple[str, ...]:
        """Give what to walk for a model."""
        return tuple(walk.replace("{product}", product) for walk in self.walks)


def tables(make: Callable[[str], tuple[ProbeTable, ...]]) -> Rows:
    """Read the tables that `make` gives for a model, one after the other."""

    def rows(product: str, subject: str, values: Values, read_at: int) -> Iterator[ClimateReading]:
        for table in make(product):
            yield from table.rows(subject, values, read_at)

    return rows
