# SPDX-License-Identifier: Apache-2.0
"""Make the history of a server room: hours of ten-second samples, from a stock of different ones, of so many devices and days."""

from __future__ import annotations

import math
import random

from agents.watch.history import DAY, RAW_DAYS, UPS_QUANTITIES, History
from agents.watch.packing import HOUR, MINUTE, Rolled, pack, pack_rolled, roll

LEVELS = {
    "charge_percent": (100.0, 0.0), "runtime_minutes": (138.0, 1.0), "load_percent": (34.0, 0.4), "input_voltage": (229.0, 0.6),
    "battery_temperature_c": (25.0, 0.1), "status": (1.0, 0.0), "temperature": (23.0, 0.08), "humidity": (49.5, 0.3),
}  # fmt: skip
STOCK = 24


class Stock:
    """So many different hours of each quantity; an hour of a series is one of them, moved to its time."""

    def __init__(self, seed=1):
        luck = random.Random(seed)  # noqa: S311 - no secret
        self._hours = {quantity: [self._hour(luck, *level, turn) for turn in range(STOCK)] for quantity, level in LEVELS.items()}

    def _hour(self, luck, level, noise, turn):
        base = level + 3 * noise * math.sin(turn / STOCK * 2 * math.pi)
        return [round(base + luck.gauss(0, noise), 1) for _ in range(360)]

    def packed(self, quantity, hour):
        """Give an hour's roll-up, its packed samples and its packed minutes."""
        values = self._hours[quantity][hour // HOUR % STOCK]
        samples = [(hour + 10 * number, value) for number, value in enumerate(values)]
        (row,) = roll(samples, HOUR)
        return row, samples


def fill(store, devices, days, until, progress=lambda _: None):
    """Write the history of `devices` (name -> kind) for so many days before `until` (Unix seconds)."""
    stock, history = Stock(), History(store.connection)
    begin = until - until % HOUR - days * DAY
    cache = {}
    for name, kind in devices.items():
        quantities = ("status", *UPS_QUANTITIES) if kind == "ups" else ("temperature", "humidity")
        with store.writing():
            for quantity in quantities:
                series = history._id((name, quantity, "" if kind == "ups" else f"{quantity}-1"))
                for hour in range(begin, until - until % HOUR, HOUR):
                    raw = hour >= until - RAW_DAYS * DAY
                    row, block, minutes = _hour(stock, cache, quantity, hour)
                    history.keep_hour(
                        series, Rolled(hour, row.lowest, row.mean, row.highest, row.samples, row.covered), block, minutes
                    )
                    if not raw:
                        store.connection.execute("DELETE FROM blocks WHERE series = ? AND hour = ?", (series, hour))
        progress(name)


def _hour(stock, cache, quantity, hour):
    # The times are in the packed hour: only the day's turn is kept, and the same bytes are as long with any other time.
    key = quantity, hour // HOUR % STOCK
    if key not in cache:
        row, samples = stock.packed(quantity, hour)
        cache[key] = row, pack(samples), pack_rolled(roll(samples, MINUTE))
    return cache[key]
