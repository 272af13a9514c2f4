# SPDX-License-Identifier: Apache-2.0
"""How big a year of ten-second samples of 20 devices is, and how long their charts take.

    PYTHONPATH=.:tests python tests/bench/server_room.py

The hours are drawn from 24 different ones a quantity (bytes as for any other time); a line of the same run is SQLite with plain
rows for one day of the same samples, times 365.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from room_history import LEVELS, Stock, fill

from agents.engine import Engine
from agents.watch.store import Store
from agents.watch.tables import Recorded, WatchedSource
from menshen import series
from menshen.connect import Evidence, Unreachable
from menshen.subject import Subject
from reports.clock import Clock
from reports.series import charts
from reports.words import Say

UNTIL = int(time.time())
DEVICES = {**{f"ups-{n:02d}": "ups" for n in range(14)}, **{f"climate-{n:02d}": "sensor" for n in range(6)}}
PER_DEVICE = {"ups": 6, "sensor": 2}


def plain_rows(folder):
    """Give the bytes of a day of the same samples as plain rows, all devices."""
    stock, day = Stock(), 8640
    connection = sqlite3.connect(folder / "plain.db")
    connection.execute("CREATE TABLE raw (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID")
    quantities = [q for kind in DEVICES.values() for q in ([*LEVELS][:6] if kind == "ups" else ["temperature", "humidity"])]
    for number, quantity in enumerate(quantities):
        for hour in range(24):
            _, samples = stock.packed(quantity, UNTIL - UNTIL % 86400 + hour * 3600)
            connection.executemany("INSERT INTO raw VALUES (?, ?, ?)", [(number, *sample) for sample in samples])
    connection.commit()
    connection.close()
    assert day == 24 * 360
    return (folder / "plain.db").stat().st_size


def main():
    """Print it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        with Store(folder / "watch.db", create=True) as store:
            fill(store, DEVICES, 365, UNTIL)
            store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shares = store.connection.execute(
                "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 4"
            ).fetchall()
        samples = sum(PER_DEVICE[kind] for kind in DEVICES.values()) * 8640 * 365
        size = (folder / "watch.db").stat().st_size
        print(f"generated {len(DEVICES)} devices, {samples / 1e6:.0f} million samples, in {time.perf_counter() - began:.0f} s")
        print(f"database: {size / 1e6:.0f} MB; " + ", ".join(f"{table} {part / 1e6:.0f} MB" for table, part in shares))
        plain = plain_rows(folder) * 365
        print(f"the same year as plain rows of SQLite: {plain / 1e6:.0f} MB, {plain / size:.1f} times")

        def ask(subject, _known):
            nowhere = Unreachable(subject.kind, "none/snmp", "not asked")
            record = Recorded(folder / "watch.db", subject.name, subject.kind, {"drills": [], "ups_batteries": []})
            return Engine(WatchedSource(nowhere, record))

        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(UNTIL))
        times = []
        for _ in range(3):
            began = time.perf_counter()
            found = [series.collect(Subject(n, k), ask, Evidence(at=stamp), stamp) for n, k in DEVICES.items()]
            made = charts({"subjects": found}, [], Clock(480), Say("zh"))
            times.append(time.perf_counter() - began)
        count = sum(len(group) for group in made.values())
        print(f"series and charts of {len(DEVICES)} devices ({count} charts): {statistics.median(times):.2f} s (median of 3)")


if __name__ == "__main__":
    main()
