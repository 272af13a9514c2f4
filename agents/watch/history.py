# SPDX-License-Identifier: Apache-2.0
"""Time series of years: every sample for 90 days, minutes for 400, hours for ten years; each exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.watch.packing import HOUR, MINUTE, Rolled, pack, pack_rolled, roll, unpack, unpack_rolled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from sqlite3 import Connection

    from agents.devices.reading import UpsReading
    from agents.devices.sample import Sample

DAY: Final = 86400
RAW_DAYS: Final = 90
MINUTE_DAYS: Final = 400
HOUR_DAYS: Final = 3660
# What is kept of a UPS: columns of table `ups`. The first is kept as a number, so that a look itself leaves a trace.
UPS_QUANTITIES: Final = (
    "charge_percent",
    "runtime_minutes",
    "load_percent",
    "input_voltage",
    "battery_temperature_c",
)
STATUS: Final = "status"
STATUSES: Final = ("unknown", "online", "on_battery", "bypass", "off", "test")

# Polls that come late come close together, for so many seconds at most.
_CROWDED: Final = 10

Key = tuple[str, str, str]  # subject, quantity, probe


def figures(sample: Sample) -> Iterator[tuple[Key, float | None]]:
    """Give what a poll leaves in the history; nothing for a device that did not answer or repeated itself."""
    if sample.stale:
        return
    if sample.ups is not None:
        yield (sample.name, STATUS, ""), float(STATUSES.index(str(sample.ups.status)))
        yield from (((sample.name, name, ""), _figure(sample.ups, name)) for name in UPS_QUANTITIES)
    for reading in sample.climate:
        yield (sample.name, reading.kind, reading.probe), reading.value if reading.ok_reading else None


def _figure(reading: UpsReading, name: str) -> float | None:
    value = getattr(reading, name)
    return None if value is None else float(value)


class History:
    """The series in an open store; call what writes inside `Store.writing`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ids: dict[Key, int] = {}
        self._hour: int | None = None
        self._newest: dict[str, int] = {}

    def take(self, at: int, sample: Sample) -> None:
        """Keep what a poll gave at a time (Unix seconds); two of one second stand in two, so that none is lost."""
        newest = self._newest.get(sample.name)
        if newest is None:
            sql = "SELECT max(at) FROM recent JOIN series ON series.id = recent.series WHERE name = ?"
            newest = self._connection.execute(sql, (sample.name,)).fetchone()[0] or 0
        # What comes just after another device's sample has closed the hour belongs into the next.
        if self._hour is not None and self._hour - _CROWDED < at < self._hour:
            at = self._hour
        # A clock that was set back is another thing: what it brings stands where it says.
        if newest - _CROWDED < at <= newest:
            at = newest + 1
        self._newest[sample.name] = at
        self.add(at, figures(sample))

    def add(self, at: int, values: Iterable[tuple[Key, float | None]]) -> None:
        """Keep values at a time (Unix seconds); a second value of the same second is none. Finished hours are rolled up."""
        hour = at - at % HOUR
        if self._hour is None or hour > self._hour:
            self.close_hours(hour)
            self._hour = hour
        rows = [(self._id(key), at, value) for key, value in values]
        self._connection.executemany("INSERT OR IGNORE INTO recent VALUES (?, ?, ?)", rows)

    def close_hours(self, now: int) -> None:
        """Roll up every hour that ended before the one that holds `now`, and forget what is old enough."""
        begin = now - now % HOUR
        for (series,) in self._connection.execute("SELECT DISTINCT series FROM recent WHERE at < ?", (begin,)).fetchall():
            self._close(series, begin)
        for (series,) in self._connection.execute("SELECT id FROM series").fetchall():
            for table, days in (("blocks", RAW_DAYS), ("minutes", MINUTE_DAYS), ("hours", HOUR_DAYS)):
                self._connection.execute(f"DELETE FROM {table} WHERE series = ? AND hour < ?", (series, begin - days * DAY))  # noqa: S608 - our names

    def _close(self, series: int, end: int) -> None:
        held = self._connection.execute(
            "SELECT at, value FROM recent WHERE series = ? AND at < ? ORDER BY at", (series, end)
        ).fetchall()
        for row in roll(held, HOUR):
            samples = [sample for sample in held if row.at <= sample[0] < row.at + HOUR]
            self.keep_hour(series, row, pack(samples), pack_rolled(roll(samples, MINUTE)))
        self._connection.execute("DELETE FROM recent WHERE series = ? AND at < ?", (series, end))

    def keep_hour(self, series: int, row: Rolled, block: bytes, minutes: bytes) -> None:
        """Write one finished hour of a series."""
        # A clock that went back brings an hour again: what was kept first stays.
        self._connection.execute("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?)", (series, row.at, block))
        self._connection.execute("INSERT OR IGNORE INTO minutes VALUES (?, ?, ?)", (series, row.at, minutes))
        self._connection.execute(
            "INSERT OR IGNORE INTO hours VALUES (?, ?, ?, ?, ?, ?, ?)",
            (series, row.at, row.lowest, row.mean, row.highest, row.samples, row.covered),
        )

    def _id(self, key: Key) -> int:
        if key not in self._ids:
            self._connection.execute("INSERT OR IGNORE INTO series (name, quantity, probe) VALUES (?, ?, ?)", key)
            (self._ids[key],) = self._connection.execute(
                "SELECT id FROM series WHERE name = ? AND quantity = ? AND probe = ?", key
            ).fetchone()
        return self._ids[key]

    def series(self, name: str) -> Mapping[Key, int]:
        """Give the series of a subject."""
        found = self._connection.execute("SELECT quantity, probe, id FROM series WHERE name = ? ORDER BY id", (name,))
        return {(name, quantity, probe): number for quantity, probe, number in found}

    def hours(self, series: int, since: int, until: int) -> list[Rolled]:
        """Give the finished hours of a series in [since, until), oldest first."""
        rows = self._connection.execute(
            "SELECT hour, lowest, mean, highest, samples, covered FROM hours"
            " WHERE series = ? AND hour >= ? AND hour < ? ORDER BY hour",
            (series, since, until),
        )
        return [Rolled(*row) for row in rows]

    def minutes(self, series: int, since: int, until: int) -> list[Rolled]:
        """Give the minutes of a series in [since, until), oldest first; of the hour under way, too."""
        packed = self._packed("minutes", series, since, until)
        held = [row for data in packed for row in unpack_rolled(data)] + roll(self._recent(series, since, until), MINUTE)
        return [row for row in held if since <= row.at < until]

    def samples(self, series: int, since: int, until: int) -> list[tuple[int, float | None]]:
        """Give every sample of a series in [since, until), oldest first."""
        packed = self._packed("blocks", series, since, until)
        held = [sample for data in packed for sample in unpack(data)]
        return [sample for sample in held if since <= sample[0] < until] + self._recent(series, since, until)

    def _packed(self, table: str, series: int, since: int, until: int) -> Iterator[bytes]:
        sql = f"SELECT data FROM {table} WHERE series = ? AND hour >= ? AND hour < ? ORDER BY hour"  # noqa: S608 - our names
        yield from (data for (data,) in self._connection.execute(sql, (series, since - since % HOUR, until)))

    def _recent(self, series: int, since: int, until: int) -> list[tuple[int, float | None]]:
        sql = "SELECT at, value FROM recent WHERE series = ? AND at >= ? AND at < ? ORDER BY at"
        return self._connection.execute(sql, (series, since, until)).fetchall()
