# SPDX-License-Identifier: Apache-2.0
"""Time and memory of the embedded engine on this machine: `python tests/bench/engine.py`, figures only, no assertion."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

FILES = (
    "/etc/passwd",
    "/etc/shadow",
    "/etc/group",
    "/etc/gshadow",
    "/etc/ssh/sshd_config",
    "/etc/crontab",
    "/etc/fstab",
    "/etc/hosts",
)
MODULES = (
    "cramfs",
    "freevxfs",
    "hfs",
    "hfsplus",
    "jffs2",
    "squashfs",
    "udf",
    "usb_storage",
    "dccp",
    "sctp",
    "rds",
    "tipc",
    "firewire_core",
)
MOUNTS = ("/tmp", "/var", "/var/tmp", "/var/log", "/var/log/audit", "/home", "/dev/shm")  # noqa: S108 - mount points, not files
POLICIES = [
    *(f"SELECT path, mode, mode <= '0644' AND uid = 0 AS ok FROM file WHERE path = '{path}'" for path in FILES),
    *(f"SELECT path, type, type = 'regular' AS ok FROM file WHERE path = '{path}'" for path in FILES[:7]),
    *(f"SELECT count(*) AS found, count(*) = 0 AS ok FROM kernel_modules WHERE name = '{name}'" for name in MODULES),
    *(f"SELECT path, flags, flags LIKE '%nosuid%' AS ok FROM mounts WHERE path = '{path}'" for path in MOUNTS),
    "SELECT count(*) AS found, count(*) = 1 AS ok FROM users WHERE uid = 0",
    "SELECT username, shell, shell LIKE '%nologin' AS ok FROM users WHERE uid BETWEEN 1 AND 999",
    "SELECT u.username, g.groupname, 1 AS ok FROM users u JOIN user_groups ug USING (uid) JOIN groups g ON g.gid = ug.gid",
    "SELECT uid, count(*) AS found, count(*) = 1 AS ok FROM users GROUP BY uid",
    "SELECT username, directory, directory <> '' AS ok FROM users",
    *(
        f"SELECT path, mode, uid = 0 AS ok FROM file WHERE path LIKE '/etc/cron.{often}/%'"
        for often in ("daily", "hourly", "weekly")
    ),
    *(f"SELECT port, address, 0 AS ok FROM listening_ports WHERE port = {port}" for port in (21, 23, 111)),
    *(f"SELECT name, pid, 0 AS ok FROM processes WHERE name = '{name}'" for name in ("telnetd", "rshd", "vsftpd", "tftpd")),
]


def main():
    """Print medians in milliseconds and the peak of memory in megabytes."""
    started = time.perf_counter()
    from agents.connections.local import LocalSource  # noqa: PLC0415 - the import is measured
    from agents.engine import Engine, NotObservedError  # noqa: PLC0415

    imported = time.perf_counter()
    engine = Engine(LocalSource())
    opened = time.perf_counter()
    print(f"import {1000 * (imported - started):.1f} ms, open with schema {1000 * (opened - imported):.1f} ms")

    def run():
        engine.fresh()
        begun = time.perf_counter()
        for sql in POLICIES:
            try:
                engine.query(sql)
            except NotObservedError as error:
                print(f"not observed: {error}")
        return 1000 * (time.perf_counter() - begun)

    first = run()
    runs = [run() for _ in range(5)]
    print(f"{len(POLICIES)} policies: first {first:.1f} ms, reads from new, median of 5: {statistics.median(runs):.1f} ms")
    singles = [engine.query(POLICIES[0]).milliseconds for _ in range(200)]
    print(f"1 policy on kept reads: median {statistics.median(singles):.3f} ms")
    for _ in range(2):
        run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak resident memory after {8 * len(POLICIES) + 200} queries: {peak:.1f} MB")


if __name__ == "__main__":
    main()
