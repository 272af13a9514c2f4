# SPDX-License-Identifier: Apache-2.0
"""The far side alone: what is sent, which Python it needs, and how it answers."""

from __future__ import annotations

import ast
import io
import json
import shlex
import shutil
import signal
import subprocess
import sys
import time
import zlib
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.connections import far, frames, parcel
from agents.connections.far_start import MAGIC
from agents.host import Host
from agents.source import NotObservedError
from agents.tables import linux
from policies import schema

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
TOO_OLD = ("3.6", "3.7", "3.8")
# One value for a required column, so that such a table can be asked at all.
PLACES = {"path": "/etc/passwd", "directory": "/etc", "file": "/etc/passwd"}


def python(version):
    """Find a Python of this machine."""
    managed = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python3"))
    found = shutil.which(f"python{version}", path="/usr/local/bin:/usr/bin") or (managed and str(managed[-1]))
    if not found:
        pytest.skip(f"this machine has no Python {version}")
    return found


@contextmanager
def far_side(interpreter, modules=None):
    """Run the very command of the SSH connection, without SSH."""
    command = [interpreter, *shlex.split(parcel.PYTHON)[1:]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        try:
            running.stdin.write(parcel.start())
            running.stdin.flush()
            assert MAGIC == running.stdout.read(len(MAGIC))
            hello = frames.read(running.stdout)
            running.stdin.write(modules or parcel.modules(compiled=hello["bytecode"] == parcel.BYTECODE))
            running.stdin.flush()
            yield running, hello
        finally:
            running.stdin.close()


def question(table):
    known = schema.find(table)
    asked = {name: [["=", PLACES.get(name, "/etc/passwd")]] for name in known.required[:1]}
    return {"table": table, "columns": [column.name for column in known.columns], "constraints": asked}


def asked(running, document):
    running.stdin.write(frames.pack(document))
    running.stdin.flush()
    return frames.read(running.stdout)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_table_runs_on_every_supported_python(version):
    """On each supported Python every table answers, or says why it cannot look: none fails."""
    with far_side(python(version)) as (running, hello):
        assert version == ".".join(map(str, hello["python"][:2]))
        answers = {table: asked(running, {"id": number, **question(table)}) for number, table in enumerate(linux.TABLES)}

    assert {} == {table: one for table, one in answers.items() if one.get("error", [far.NOT_OBSERVED])[0] != far.NOT_OBSERVED}
    assert 0 == running.returncode


@pytest.mark.parametrize("version", TOO_OLD)
def test_a_python_that_is_too_old_says_so(version):
    """An older Python still understands enough to say its version, and ends."""
    command = [python(version), *shlex.split(parcel.PYTHON)[1:]]
    done = subprocess.run(command, input=parcel.start(), capture_output=True, check=True)
    stream = io.BytesIO(done.stdout.removeprefix(MAGIC))

    assert version == ".".join(map(str, frames.read(stream)["python"][:2]))
    assert b"" == done.stderr


def test_what_a_table_prints_does_no_harm(monkeypatch):
    """A module that prints to the standard output does not spoil the conversation."""
    source = parcel._source
    monkeypatch.setattr(parcel, "_source", lambda name: source(name) + "\n\nprint('noise', flush=True)\n")
    with far_side(sys.executable, parcel._packed.__wrapped__(compiled=False)) as (running, _):
        assert 1 == len(asked(running, {"id": 1, **question("os_version")})["rows"])


def test_what_is_sent_needs_nothing_else():
    """What is sent imports only the standard library and itself."""
    modules = sources()
    strangers = {
        f"{name}: {wanted}"
        for name, (_, source) in modules.items()
        for wanted in imported(ast.parse(source))
        if wanted.partition(".")[0] not in sys.stdlib_module_names and wanted not in modules
    }

    assert set() == strangers
    assert len(parcel.start()) + len(parcel.modules(compiled=False)) < 128 * 1024
    assert len(parcel.start()) + len(parcel.modules(compiled=True)) < 192 * 1024


def sources():
    """Give the modules that are sent to a far side with another Python."""
    return json.loads(zlib.decompress(parcel.modules(compiled=False)[frames.HEADER.size + 1 :]))


def test_sources_and_compiled_code_give_the_same_rows():
    """A far side answers alike whether it compiles the sources itself or is sent compiled code."""
    answers = []
    for compiled in (False, True):
        with far_side(sys.executable, parcel.modules(compiled=compiled)) as (running, _):
            answers.append(asked(running, {"id": 1, **question("users")}))

    assert answers[0] == answers[1]
    assert answers[0]["rows"]


def imported(tree):
    """Give what runs import; what stands under TYPE_CHECKING is never run."""
    for node in tree.body:
        if isinstance(node, ast.If):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import):
                yield from (alias.name for alias in inner.names)
            elif isinstance(inner, ast.ImportFrom):
                yield inner.module


def test_the_command_is_constant():
    """Nothing of a host, a query or an account is in the command; with sudo only sudo is added, and it never asks."""
    assert f"sudo -n -- {parcel.command(as_root=False)}" == parcel.command(as_root=True)
    assert not set("$`\\!{}%") & set(parcel.command(as_root=True))


def read(answer):
    return frames.read(io.BytesIO(answer))


def test_a_long_table_comes_in_parts(tmp_path):
    """Rows come in answers of limited size, in order and each once; at its end a read is forgotten."""
    lines = [f"name{number}:x:{number}:0::/:/bin/sh" for number in range(20_000)]
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("\n".join(lines), encoding="ascii")
    side = far.Far(Host(tmp_path))
    answers = [read(side.answer({"id": 1, "table": "users", "columns": ["uid", "username"], "constraints": {}}))]
    while not answers[-1]["end"]:
        answers.append(read(side.answer({"id": 1})))

    assert [[number, f"name{number}"] for number in range(20_000)] == [row for one in answers for row in one["rows"]]
    assert len(answers) > 1
    assert {} == side._reads


def test_a_dropped_read_is_forgotten(tmp_path):
    """A read that nobody wants any more is let go with the next question."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("a:x:1:1::/:/bin/sh\n" * 20_000, encoding="ascii")
    side = far.Far(Host(tmp_path))
    question = {"table": "users", "columns": ["username", "directory", "shell"], "constraints": {}}
    assert not read(side.answer({"id": 1, **question}))["end"]
    side.answer({"id": 2, "drop": [1], **question})

    assert [2] == list(side._reads)


@pytest.mark.parametrize(
    ("table", "error"),
    [
        (lambda *_: (_ for _ in ()).throw(NotObservedError("ask root")), ["not observed", "ask root"]),
        (lambda *_: (_ for _ in ()).throw(KeyError("x")), ["fault", "KeyError: 'x'"]),
        (lambda *_: iter([{"uid": "x" * frames.LIMIT}]), ["fault", f"FrameError: a frame is longer than {frames.LIMIT} bytes"]),
        (lambda *_: iter(lambda: time.sleep(9), 1), ["late", ""]),
    ],
)
def test_errors_travel_as_data(monkeypatch, table, error):
    """What a table raises, too large a row and too slow a table are answers; the next question is answered as well."""
    monkeypatch.setattr(far, "TABLE_SECONDS", 0.2)
    monkeypatch.setattr(linux, "function", lambda name: table if name == "users" else lambda *_: iter([{"uid": 7}]))
    side = far.Far(Host())

    assert error == read(side.answer({"id": 1, "table": "users", "columns": ["uid"], "constraints": {}}))["error"]
    assert [[7]] == read(side.answer({"id": 2, "table": "groups", "columns": ["uid"], "constraints": {}}))["rows"]
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def test_the_far_side_runs_only_what_is_listed():
    """At the far side too a table can run no command but those of the list."""
    source = Path(parcel.__file__).parents[1] / "host.py"

    assert source.read_text("utf-8") == sources()["agents.host"][1]
    with pytest.raises(ValueError, match="not in the list"):
        Host().run("sh", "-c", "id")
