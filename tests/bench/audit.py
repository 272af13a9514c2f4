# SPDX-License-Identifier: Apache-2.0
"""A whole audit of this machine beside oscap and lynis: `python tests/bench/audit.py` as root, figures only, no assertion."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

CLONE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CLONE), str(CLONE / "tests")]

import system  # noqa: E402 - found by the path above

RUNS = 5
POLICIES = 50
CONTENT = Path("/usr/share/xml/scap/ssg/content")
PROFILE = "xccdf_org.ssgproject.content_profile_standard"
# Where Python may keep no bytecode every start compiles anew; users keep it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {"PATH": system.PATH}


class Cost(NamedTuple):
    """What one process and its children took: seconds of wall and processor, and the most memory one of them held (MB)."""

    wall: float
    cpu: float
    memory: float


def cost(command, output):
    """Run a command with its output into a file, and give what it took."""
    started = time.perf_counter()
    with output.open("wb") as stream:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, env=ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def cold(folder):
    """Time whole audits, each in a process of its own, and give the median seconds a Linux control."""
    command = [str(CLONE / "bin" / "menshen"), "audit", "--ledger", str(folder / "ledger.db")]
    cost([*command, "--json"], folder / "audit.json")
    findings = json.loads((folder / "audit.json").read_bytes())["findings"]
    controls = sum(finding["kind"] == "linux" for finding in findings)
    runs = [cost(command, folder / "audit.txt") for _ in range(RUNS)]
    wall, cpu = (statistics.median(getattr(run, name) for run in runs) for name in ("wall", "cpu"))
    memory = max(run.memory for run in runs)
    print(
        f"cold audit: {wall:.2f} s (median of {RUNS}, least {min(runs).wall:.2f} s), {cpu:.2f} s of processor, {memory:.0f} MB, "
        f"{controls} Linux controls and {len(findings) - controls} of the site; {walked()} files in the folders it searches; "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    return wall / controls


def walked():
    """Count what lies in the folders that the controls about stray files search."""
    return sum(len(folders) + len(files) for top in ("/home", "/tmp", "/var/tmp") for _, folders, files in os.walk(top))  # noqa: S108 - counted


def warm():
    """Time 50 of the catalogue's policies on an engine that has answered them before."""
    from agents.connections.local import LocalSource  # noqa: PLC0415 - after the cold runs, whose memory is measured
    from agents.engine import Engine  # noqa: PLC0415

    questions = chosen(LocalSource())[:POLICIES]
    with Engine(LocalSource()) as engine:
        first = ask(engine, questions)
        kept = [ask(engine, questions) for _ in range(RUNS)]
        anew = [engine.fresh() or ask(engine, questions) for _ in range(RUNS)]
    print(
        f"{len(questions)} policies on a warm engine: {statistics.median(kept):.1f} ms on kept reads, "
        f"{statistics.median(anew):.1f} ms reading anew (medians of {RUNS}); the first time {first:.1f} ms"
    )


def chosen(source):
    """Resolve the controls of a workstation that the source serves, by id; walks over whole homes are not policies of a minute."""
    from agents.engine import Engine  # noqa: PLC0415
    from agents.observe import observe  # noqa: PLC0415
    from policies.catalogue import load  # noqa: PLC0415
    from policies.resolve import resolve  # noqa: PLC0415

    controls = load(whole=False).controls_for(["agent_pc", "linux_server"], "linux")
    resolved = [resolve(control, "linux", {}) for control in controls]
    with Engine(source) as engine:
        seen = {one.control: observe(engine, one, "bench", "2026-01-01T00:00:00Z").outcome for one in resolved}
    return [one for one in resolved if str(seen[one.control]) == "rows" and "/%%" not in one.observe]


def ask(engine, questions):
    """Ask all questions once, and give the milliseconds."""
    started = time.perf_counter()
    for question in questions:
        if question.when is None or engine.query(question.when).rows:
            engine.query(question.observe)
    return 1000 * (time.perf_counter() - started)


def oscap(folder, ours):
    """Time oscap with the standard profile of Debian."""
    tool, found = system.which("oscap"), sorted(CONTENT.glob("ssg-debian*-ds.xml"))
    if tool is None or not found:
        print("oscap: skipped, apt-get install openscap-scanner ssg-debian")
        return
    content, note = for_this_release(folder, found[-1])
    spent = cost([tool, "xccdf", "eval", "--profile", PROFILE, str(content)], folder / "oscap.txt")
    results = re.findall(r"^Result\s+(\w+)", (folder / "oscap.txt").read_text("utf-8", "replace"), re.MULTILINE)
    compare("oscap xccdf eval", spent, sum(result != "notapplicable" for result in results), ours, note)


def for_this_release(folder, content):
    """Give content that does not take this machine for a foreign one: for another release, all its rules would not apply."""
    version = Path("/etc/debian_version")
    release = version.read_text("utf-8").partition(".")[0].strip() if version.exists() else ""
    made_for = re.sub(r"\D", "", content.name.partition("-ds")[0])
    if not release.isdigit() or release == made_for:
        return content, content.name
    copy = folder / content.name
    copy.write_text(content.read_text("utf-8").replace(f"^{made_for}.[0-9]+$", f"^{release}.[0-9]+$"), "utf-8")
    return copy, f"{content.name}, told that this is its release"


def lynis(folder, ours):
    """Time lynis."""
    tool = system.which("lynis")
    if tool is None:
        print("lynis: skipped, apt-get install lynis")
        return
    files = ["--logfile", str(folder / "lynis.log"), "--report-file", str(folder / "lynis.dat")]
    spent = cost([tool, "audit", "system", "--quick", "--quiet", "--no-colors", *files], folder / "lynis.txt")
    done = re.search(r"^lynis_tests_done=(\d+)", (folder / "lynis.dat").read_text("utf-8", "replace"), re.MULTILINE)
    compare("lynis audit system", spent, int(done[1]) if done else 0, ours, "")


def compare(name, spent, checks, ours, note):
    """Print what another tool took, and how its time a check stands to ours."""
    if not checks:
        print(f"{name}: no check applied, {spent.wall:.2f} s{f' ({note})' if note else ''}")
        return
    print(
        f"{name}: {spent.wall:.2f} s, {spent.cpu:.2f} s of processor, {spent.memory:.0f} MB, {checks} checks"
        f"{f' ({note})' if note else ''}; {1000 * spent.wall / checks:.0f} ms a check, "
        f"ours {1000 * ours:.1f}: ratio {spent.wall / checks / ours:.1f}"
    )


def main():
    """Print the figures."""
    if os.geteuid() != 0:
        print("not root: what only root can see is not looked at, so the figures are too good")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = cold(folder)
        warm()
        oscap(folder, ours)
        lynis(folder, ours)


if __name__ == "__main__":
    main()
