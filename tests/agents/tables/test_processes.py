# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from system import need

from agents.host import Host
from agents.source import NotObservedError

LIVE = Host()


@pytest.fixture
def sleeper():
    """Start a program that sleeps, from a given file, and end it after the test."""
    started = []

    def start(program="/bin/sleep", **options):
        process = subprocess.Popen([program, "60"], **options)
        started.append(process)
        # Between fork and exec the child is still a copy of the test, and then it takes a while to fall asleep.
        while not asleep(process.pid):
            time.sleep(0.005)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_process_is_what_ps_says(rows, sleeper):
    """Owner, parent, group, nice value, threads, sizes, state and arguments are those of ps."""
    process = sleeper(cwd="/usr", preexec_fn=lambda: os.nice(3))
    form = "uid=,ruid=,suid=,gid=,egid=,ppid=,pgid=,ni=,nlwp=,vsz=,rss=,comm=,args="
    printed = subprocess.run([need("ps"), "-o", form, "-p", str(process.pid)], capture_output=True, check=True, text=True)
    (row,) = rows("processes", LIVE, pid=process.pid)
    sizes = [row["total_size"] // 1024, row["resident_size"] // 1024]
    ids = [row[name] for name in ("euid", "uid", "suid", "gid", "egid", "parent", "pgroup", "nice", "threads")]
    assert printed.stdout.split() == [*map(str, ids), *map(str, sizes), row["name"], *row["cmdline"].split(" ")]
    assert ("S", "/usr", "/", 1) == (row["state"], row["cwd"], row["root"], row["on_disk"])
    assert abs(row["start_time"] - time.time()) < 5
    assert Path("/bin/sleep").samefile(row["path"])


def test_every_process_is_a_row(rows):
    """The numbers are those of ps, but for processes that came or went meanwhile."""
    before, found, after = pids(), {row["pid"] for row in rows("processes", LIVE)}, pids()
    assert before & after <= found
    assert found <= {*before, *after, *pids()} | {pid for pid in found if not Path(f"/proc/{pid}").exists()}


def test_times_are_milliseconds(rows):
    """The time used is what the kernel tells the process itself."""
    spent = time.process_time() + 0.05
    while time.process_time() < spent:
        pass
    (row,) = rows("processes", LIVE, pid=os.getpid())
    used = os.times()
    assert abs(row["user_time"] - used.user * 1000) <= 50
    assert abs(row["system_time"] - used.system * 1000) <= 50


def test_a_deleted_program_is_not_on_disk(rows, sleeper, tmp_path):
    """on_disk is 0 once the file is gone, and the path loses the kernel's mark; a file really named so is there."""
    gone, named = tmp_path / "gone", tmp_path / "kept (deleted)"
    for place in (gone, named):
        shutil.copy("/bin/sleep", place)
    first, second = sleeper(str(gone)), sleeper(str(named))
    gone.unlink()
    found = {row["pid"]: (row["path"], row["on_disk"]) for row in rows("processes", LIVE)}
    assert [(str(gone), 0), (str(named), 1)] == [found[first.pid], found[second.pid]]


def test_a_name_cannot_forge_columns(rows, sleeper, tmp_path):
    """A program whose name looks like the rest of the kernel's line, with a line end, changes no other column."""
    place = tmp_path / "a) R 1 (\nb"
    shutil.copy("/bin/sleep", place)
    process = sleeper(str(place))
    (row,) = rows("processes", LIVE, pid=process.pid)
    assert ("a) R 1 (\nb", "S", os.getpid()) == (row["name"], row["state"], row["parent"])


def test_only_what_is_asked_is_read(rows):
    """A column no one asks is not looked up."""
    (row,) = rows("processes", LIVE, columns={"pid", "name"}, pid=os.getpid())
    assert {"cmdline", "path", "uid", "cwd"}.isdisjoint(row)


@pytest.mark.usefixtures("as_nobody")
def test_other_peoples_programs_are_null_without_root(rows):
    """Without root, the program and the working folder of process 1 are not known; its name and owner are."""
    (row,) = rows("processes", LIVE, pid=1)
    assert [None, None, None, 0] == [row["path"], row["on_disk"], row["cwd"], row["uid"]]
    assert row["name"]


def test_open_files_are_those_held(rows, tmp_path):
    """A file held open is listed under its descriptor; a pipe is none, and a closed one is gone."""
    reader, writer = os.pipe()
    with (tmp_path / "held").open("w") as held, open(reader, "rb"), open(writer, "wb"):  # noqa: PTH123 - descriptors
        found = {row["fd"]: row["path"] for row in rows("process_open_files", LIVE, pid=os.getpid())}
        assert str(tmp_path / "held") == found[held.fileno()]
        assert found.keys().isdisjoint({reader, writer})
        number = held.fileno()
    assert f"{tmp_path}/held" != {row["fd"]: row["path"] for row in rows("process_open_files", LIVE, pid=os.getpid())}.get(number)


def test_environment_is_what_the_process_was_given(rows, sleeper):
    """Variables are split at the first =, an empty value stays empty."""
    process = sleeper(env={"A": "b=c", "EMPTY": "", "LINE": "x\ny"})
    found = {row["key"]: row["value"] for row in rows("process_envs", LIVE, pid=process.pid)}
    assert {"A": "b=c", "EMPTY": "", "LINE": "x\ny"} == found


def test_the_memory_map_has_the_program(rows, sleeper):
    """The program is mapped executable; the stack is a region without a file."""
    process = sleeper()
    place = Path(f"/proc/{process.pid}/exe").readlink()
    found = rows("process_memory_map", LIVE, pid=process.pid)
    program = [row for row in found if row["path"] == str(place) and "x" in row["permissions"]]
    stack = [row for row in found if row["path"] == "[stack]"]
    assert (True, [1]) == (bool(program), [row["pseudo"] for row in stack])
    assert program[0]["inode"] == place.stat().st_ino
    assert int(stack[0]["start"], 16) < int(stack[0]["end"], 16)


@pytest.mark.usefixtures("as_nobody")
def test_what_others_hold_is_not_observed_without_root(rows):
    """Without root the tables of what processes hold do not pretend to be complete."""
    for table in ("process_open_files", "process_envs", "process_memory_map"):
        with pytest.raises(NotObservedError, match="root"):
            rows(table, LIVE)


def test_namespaces_are_numbers(rows):
    """A namespace is the inode number that its link shows."""
    (row,) = rows("process_namespaces", LIVE, pid=os.getpid())
    assert str(Path("/proc/self/ns/net").stat().st_ino) == row["net_namespace"]


def test_an_ended_process_is_passed_over(rows):
    """Processes that end while they are listed stop nothing: hundreds of short ones meanwhile."""
    storm = subprocess.Popen(["sh", "-c", "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done"])
    while storm.poll() is None:
        assert rows("processes", LIVE)


def test_a_recorded_process(rows, record):
    """From recorded files: ids of all three kinds, sizes in bytes, start counted from the boot."""
    stat = "7 (x y) S 1 7 7 0 -1 0 0 0 0 0 250 50 0 0 20 -5 3 0 1000 0 0\n"
    status = "Name:\tx y\nUid:\t1000\t0\t33\t0\nGid:\t5\t6\t7\t5\nVmSize:\t  20 kB\nVmRSS:\t  10 kB\n"
    files = {
        "stat": stat,
        "status": status,
        "cmdline": "x\0-v\0",
        "io": "read_bytes: 9\nwrite_bytes: 8\ncancelled_write_bytes: 3\n",
    }
    tree = {f"/proc/7/{name}": text for name, text in files.items()} | {"/proc/7/cgroup": "0::/a:b\n"}
    (row,) = rows("processes", record(tree | {"/proc/stat": "cpu 1\nbtime 500\n", "/proc/7/exe": Path("/bin/x")}))
    assert (1000, 0, 33, 5, 6, 7) == tuple(row[name] for name in ("uid", "euid", "suid", "gid", "egid", "sgid"))
    assert (20480, 10240, 2500, 500, 510, 9, 5) == tuple(
        row[name] for name in ("total_size", "resident_size", "user_time", "system_time", "start_time",
        "disk_bytes_read", "disk_bytes_written")
    )  # fmt: skip
    assert ("x y", "x -v", "/bin/x", 0, "/a:b") == tuple(
        row[name] for name in ("name", "cmdline", "path", "on_disk", "cgroup_path")
    )


def asleep(pid):
    program = Path(f"/proc/{pid}/exe").readlink().name
    return not program.startswith("python") and "\nState:\tS" in Path(f"/proc/{pid}/status").read_text()


def pids():
    listed = subprocess.run([need("ps"), "-e", "-o", "pid="], capture_output=True, check=True, text=True).stdout.split()
    return set(map(int, listed))
