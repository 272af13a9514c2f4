# SPDX-License-Identifier: Apache-2.0
"""The laws of the local source: one function serves one table, and its module waits until it is asked."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from agents import __version__
from agents.connections.local import LocalSource
from agents.engine import Engine, NotServedError
from agents.host import Host
from agents.tables.linux import TABLES
from policies import schema

ROOT = Path(__file__).parents[2]


def test_a_table_of_the_schema_without_a_function_is_not_served():
    """The message says whose table it is."""
    with Engine(LocalSource()) as engine:
        with pytest.raises(NotServedError) as osquery:
            engine.query("SELECT * FROM yara")
        with pytest.raises(NotServedError, match="table ups exists on ups"):
            engine.query("SELECT * FROM ups")

    assert "osquery table yara_file is not served by the embedded engine" == str(osquery.value)


def test_every_served_table_is_in_the_schema_and_loads():
    """Each entry of TABLES names a table of Linux and a function that is there."""
    source = LocalSource()
    for table in TABLES:
        assert "linux" in schema.find(table).kinds
        assert callable(source._function(table))


def test_the_collector_has_the_version_of_the_project():
    """What evidence names is what was released."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert (project["version"], f"local/menshen {project['version']}") == (__version__, LocalSource().label)


def test_rows_come_from_the_host(tmp_path):
    """A host that is a folder answers from that folder."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    with Engine(LocalSource(Host(tmp_path))) as engine:
        assert [{"username": "root", "shell": "/bin/sh"}] == engine.query("SELECT username, shell FROM users").rows


def test_nothing_is_imported_before_it_is_asked():
    """Opening the engine loads no table module, no psutil and no YAML but the schema's."""
    script = (
        "import sys; from agents.engine import Engine; from agents.connections.local import LocalSource;"
        "Engine(LocalSource()); "
        "print([m for m in sys.modules if m.startswith(('agents.tables.linux.', 'psutil', 'apsw.ext', 'importlib.metadata'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)

    assert "[]" == done.stdout.strip()
