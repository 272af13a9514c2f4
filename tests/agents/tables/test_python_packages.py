# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

from agents.host import Host

METADATA = "Metadata-Version: 2.1\nName: {0}\nVersion: 1.0\nSummary: a: b\n continued\nLicense: MIT\n\nAuthor: not this\n"


def test_packages_of_the_system_and_of_accounts(record, rows):
    """Wheels, eggs and single files are read; a folder without a name is none."""
    system, user = "/usr/lib/python3/dist-packages", "/home/ann/.local/lib/python3.11/site-packages"
    host = record({
        "/etc/passwd": "ann:x:1000:1000::/home/ann:/bin/sh\n",
        f"{system}/a-1.dist-info/METADATA": METADATA.format("a"),
        f"{system}/b.egg-info/PKG-INFO": METADATA.format("b"),
        f"{system}/c.egg-info": METADATA.format("c"),
        f"{system}/d.dist-info/METADATA": "junk\n",
        f"{user}/e.dist-info/METADATA": METADATA.format("e"),
    })  # fmt: skip
    assert [("a", 0), ("b", 0), ("c", 0), ("e", 1000)] == [(row["name"], row["uid"]) for row in rows("python_packages", host)]
    (row,) = rows("python_packages", host, directory=user)
    assert ("1.0", "a: b", "MIT", "", user, f"{user}/e.dist-info") == tuple(
        row[name] for name in ("version", "summary", "license", "author", "directory", "path")
    )


def test_packages_are_those_python_itself_finds(rows):
    """In the folder this test's Python imports from, names and versions equal importlib's."""
    folder = str(Path(next(iter(distributions()))._path).parent)
    told = {(one.metadata["Name"], one.version) for one in distributions(path=[folder])}
    assert told == {(row["name"], row["version"]) for row in rows("python_packages", Host(), directory=folder)}
