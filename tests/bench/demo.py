# SPDX-License-Identifier: Apache-2.0
"""Time and memory of whole audits over imagined sites: `python tests/bench/demo.py [hosts…]`, figures only, no assertion."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

END = 1795329600
RUNS = 3


def main(sizes):
    """Print, for each size, seconds of processor an audit (looking, judging and remembering) and the peak of memory."""
    from menshen.demo.make import Order, make  # noqa: PLC0415 - the path is set above
    from policies.catalogue import load  # noqa: PLC0415 - the same

    known = load()
    print(f"{'hosts':>6} {'findings':>9} {'s/audit':>8} {'ledger MB':>9} {'peak MB':>8}")
    for hosts in sizes:
        with tempfile.TemporaryDirectory() as folder:
            started = time.process_time()
            made = make(known, Order(hosts, END, 1, reports=False, runs=RUNS), Path(folder, "demo"))
            seconds = (time.process_time() - started) / RUNS
            size = Path(folder, "demo", "ledger.db").stat().st_size / 2**20
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{hosts:>6} {len(made.run.findings):>9} {seconds:>8.1f} {size:>9.1f} {peak:>8.0f}")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [24, 100, 500])
