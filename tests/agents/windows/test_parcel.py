# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import base64
import contextlib
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.source import Ask, NotObservedError
from agents.tables.windows.registry import registry
from agents.windows.batch import RubbishError, unpack
from agents.windows.pc import Pc, hive_of

GOOD = {"report.json": {"administrator": True, "now": 1, "roots": {}}, "keys.json": {"keys": []}}
FIELDS = ("path", "state", "subkeys", "values", "name", "kind", "data", "keys", "roots")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def printed(parts, compression=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content if isinstance(content, bytes | str) else json.dumps(content))
    return b"menshen:" + base64.b64encode(packed.getvalue())


def test_a_parcel_is_read():
    """The least parcel is read, also behind what a profile has printed."""
    assert 1 == unpack(b"Welcome!\r\n" + printed(GOOD)).report["now"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"keys.json": {"keys": [{"path": 1, "state": "there"}]}}, "no path or state"),
        ({"keys.json": {"keys": [{"path": "x", "state": "there", "subkeys": [1]}]}}, "no names"),
        ({"keys.json": {"keys": [{"path": "x", "state": "there", "values": [{"name": "x"}]}]}}, "no name or kind"),
        ({"keys.json": {"keys": 3}}, "no path or state"),
        ({"keys.json": []}, "no object"),
        ({"report.json": {"roots": 3}}, "names no roots"),
        ({"report.json": b"\xff{"}, "Decode"),
        ({"report.json": "{"}, "JSON"),
        ({f"files/{number}": b"" for number in range(4001)}, "too large"),
        ({"files/big": bytes(193 * 1024 * 1024)}, "too large"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_parcel_of_another_shape_is_refused(change, words):
    """What is too large, or is not what the script gives, is refused by name before anything is made of it."""
    with pytest.raises(RubbishError, match=words):
        unpack(printed({**GOOD, **change}))


@given(JSON, JSON)
def test_no_document_breaks_the_reader(report, keys):
    """Whatever a PC sends as its documents, it is read or refused; the registry made of it gives rows or is unknown."""
    with contextlib.suppress(RubbishError, NotObservedError):
        parcel = unpack(printed({"report.json": report, "keys.json": keys}))
        list(registry(Pc(lambda _: pytest.fail("no visit"), _hive=hive_of(parcel)), Ask(frozenset({"path"}))))


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content):
    """Bytes in place of a parcel are refused."""
    with pytest.raises(RubbishError):
        unpack(b"menshen:" + base64.b64encode(content))


@given(st.binary(min_size=1, max_size=4), st.integers(0, 10_000))
def test_a_damaged_parcel_is_read_or_refused(scar, place):
    """A parcel in which bytes were changed on the way never raises anything else."""
    whole = base64.b64decode(printed({**GOOD, "files/r0.reg": b"x" * 300}).removeprefix(b"menshen:"))
    at = place % len(whole)
    with contextlib.suppress(RubbishError):
        unpack(b"menshen:" + base64.b64encode(whole[:at] + scar + whole[at + len(scar) :]))
