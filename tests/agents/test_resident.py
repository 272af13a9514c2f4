# SPDX-License-Identifier: Apache-2.0
"""What an agent saw survives kill -9 at any moment, on the disk and on the way to the control node."""

from __future__ import annotations

import base64
import gzip
import json
import random
import subprocess
import sys
import time

import pytest
from commandline import ROOT

from agents.connections import frames
from agents.resident.handover import hand_over
from agents.resident.spool import Spool

WRITER = """
import secrets, sys
from pathlib import Path
from agents.resident.spool import Spool
spool = Spool(Path(sys.argv[1]))
for number in range(100000):
    at = f"2026-11-25T00:{number // 60 % 60:02d}:{number % 60:02d}Z"
    name = spool.put(at, secrets.token_hex(16), {"rows": [str(number)] * 2000})
    print(name, flush=True)
"""
KILLS = 25
MARK = "0123456789abcdef" * 2


def whole(folder):
    """Give the names of all looks of a folder, each of which must be readable to its end."""
    names = Spool(folder).names()
    for name in names:
        assert 2000 == len(json.loads(gzip.decompress((folder / name).read_bytes()))["rows"])
    return names


def test_nothing_is_lost_over_kill(tmp_path):
    """Killed at random moments, what was reported as kept is there, and every file is whole; no part stays for good."""
    said = set()
    chance = random.Random(7)  # noqa: S311 - chance, no secret
    for _ in range(KILLS):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        said.add(writer.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.03))
        writer.kill()
        said |= {line.strip() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")}
        writer.stdout.close()
        writer.wait()

    names = set(whole(tmp_path))
    assert said <= names
    assert len(names) - len(said) <= KILLS
    Spool(tmp_path).put("2026-11-26T00:00:00Z", MARK, {"rows": [""] * 2000})
    assert [] == list(tmp_path.glob(".*"))


HANDER = "import sys; from agents.resident.__main__ import main; main(['hand-over', sys.argv[1]])"


def test_nothing_is_lost_on_the_way(tmp_path):
    """Killed on either side at random moments, every look is kept at the other end or still here; some may come twice."""
    spool = Spool(tmp_path)
    all_of_them = {spool.put(f"2026-11-25T00:00:{n:02d}Z", f"{n:032x}", {"rows": ["x"] * 2000}) for n in range(40)}
    kept, chance, rounds = set(), random.Random(3), 0  # noqa: S311 - chance, no secret
    while spool.names():
        rounds += 1
        assert rounds < 200
        giver = subprocess.Popen(
            [sys.executable, "-c", HANDER, tmp_path],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(chance.randint(1, 6)):
            answer = frames.read(giver.stdout)
            if not answer:
                break
            assert (tmp_path / answer["name"]).exists() or answer["name"] in kept
            kept.add(answer["name"])
            if chance.random() < 0.3:
                break  # the control node dies after it has kept, before it says so
            giver.stdin.write(frames.pack({"kept": answer["name"]}))
            giver.stdin.flush()
        giver.kill()
        giver.communicate()
        assert all_of_them == kept | set(spool.names())

    assert all_of_them == kept


def test_a_full_spool_gives_up_the_oldest_and_counts(tmp_path):
    """When the folder is full the oldest go, and the next look says how many."""
    spool, chance = Spool(tmp_path, largest=30_000), random.Random(1)  # noqa: S311 - chance, no secret
    names = [
        spool.put(f"2026-11-25T00:00:{n:02d}Z", f"{n:032x}", {"rows": [str(chance.random()) for _ in range(500)]})
        for n in range(10)
    ]
    left = spool.names()

    assert names[-len(left) :] == left
    assert 10 - len(left) == spool.lost() > 0
    assert 0 < json.loads(gzip.decompress(spool.read(left[-1])))["lost"] <= spool.lost()


@pytest.mark.parametrize("name", ["../x", "a/b", "", "20261125T000000Z-x.json.gz", f"/etc/20261125T000000Z-{MARK}.json.gz"])
def test_only_looks_have_names(tmp_path, name):
    """No name leads out of the folder."""
    with pytest.raises(ValueError, match="no name of a look"):
        Spool(tmp_path).drop(name)


def test_a_wrong_answer_ends_the_handing_over(tmp_path):
    """Who does not say exactly what was kept gets no more, and nothing is deleted."""
    import io  # noqa: PLC0415 - only here

    spool = Spool(tmp_path)
    name = spool.put("2026-11-25T00:00:00Z", MARK, {"rows": []})
    out = io.BytesIO()
    hand_over(spool, io.BytesIO(frames.pack({"kept": "another"})), out)
    out.seek(0)

    assert base64.b64encode(spool.read(name)).decode() == frames.read(out)["content"]
    assert [name] == spool.names()
