# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import pol
from policies.formats.pol import Entry
from policies.formats.registry import FormatError, setting

SAMBA = Path("/usr/lib/python3/dist-packages/samba")
TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=12)
ENTRIES = st.builds(Entry, TEXTS.filter(bool), TEXTS, st.integers(0, 2**32 - 1), st.binary(max_size=40))
# Reads a file with Samba's generated parser, writes it again, and tells what it saw.
ORACLE = """
import json, sys
from samba.dcerpc import preg
from samba.ndr import ndr_pack, ndr_unpack
content = sys.stdin.buffer.read()
found = ndr_unpack(preg.file, content)
said = lambda data: data if isinstance(data, (int, str)) else bytes(data).hex()
seen = [[one.keyname, one.valuename, one.type, said(one.data)] for one in found.entries]
print(json.dumps({"same": ndr_pack(found) == content, "entries": seen}))
"""


def samba(content):
    """Ask Samba's own parser."""
    if not SAMBA.exists():
        pytest.skip("Samba's parser is not here: apt-get install python3-samba")
    done = subprocess.run(["/usr/bin/python3", "-c", ORACLE], input=content, capture_output=True, check=False, timeout=60)
    assert 0 == done.returncode, done.stderr.decode()
    return json.loads(done.stdout)


@given(st.lists(ENTRIES, max_size=4))
def test_every_entry_comes_back(entries):
    """Whatever the format can hold is the same after writing and reading, brackets and semicolons in data included."""
    assert tuple(entries) == pol.load(pol.dump(entries))


@given(st.binary(max_size=200).map(lambda rest: pol.HEADER + rest) | st.binary(max_size=50))
def test_rubbish_is_refused_and_nothing_else(content):
    """Input of any kind is read or refused with a FormatError."""
    try:
        pol.load(content)
    except FormatError:
        return


@given(st.lists(ENTRIES, min_size=1, max_size=3), st.data())
def test_a_cut_file_is_refused(entries, data):
    """A file that ends in the middle of an entry is refused wherever it was cut."""
    content = pol.dump(entries)
    ends = {len(pol.dump(entries[:number])) for number in range(len(entries) + 1)}
    cut = data.draw(st.integers(0, len(content)).filter(lambda at: at not in ends))

    with pytest.raises(FormatError):
        pol.load(content[:cut])


def test_samba_reads_the_same_and_writes_the_same_bytes():
    """Samba's own parser sees the entries that were written, and packs them to the same bytes."""
    key = r"Software\Policies\门神"
    values = [
        setting(key, "Number", "REG_DWORD", 4),
        setting(key, "Big", "REG_QWORD", 2**40),
        setting(key, "Text", "REG_SZ", "锁屏 ;]["),
        setting(key, "Path", "REG_EXPAND_SZ", "%SystemRoot%\\x"),
        setting(key, "List", "REG_MULTI_SZ", ["a", "b"]),
        setting(key, "Raw", "REG_BINARY", "0a5d005b00"),
    ]
    content = pol.dump([*(Entry(one.key, one.name, one.type, one.data) for one in values), pol.deletion(key, "Old")])

    found = samba(content)

    assert found["same"]
    assert [
        [key, "Number", 4, 4],
        [key, "Big", 11, 2**40],
        [key, "Text", 1, "锁屏 ;]["],
        [key, "Path", 2, "%SystemRoot%\\x"],
        [key, "List", 7, values[4].data.hex()],
        [key, "Raw", 3, "0a5d005b00"],
        [key, "**del.Old", 1, " "],
    ] == found["entries"]


@pytest.mark.parametrize("entry", [Entry("", "a", 4, b""), Entry("a\0b", "a", 4, b""), Entry("a", "b\0", 4, b"")])
def test_what_the_format_cannot_hold_is_refused(entry):
    """No key, or a NUL in a name, would be read as something else."""
    with pytest.raises(FormatError):
        pol.dump([entry])
