# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from agents.connections.recorded import RecordedSource
from agents.engine import Engine
from policies import firmware


def test_the_packaged_files_name_known_uses_and_wanted_values():
    """Every maker's file reads, and each of the bank's devices has a name with at least two makers."""
    names = firmware.names()
    makers = {use: {name.vendor for name in names if name.use == use} for use in firmware.USES}

    assert {"Dell%", "HP%", "Hewlett%", "LENOVO%"} == {name.vendor for name in names}
    assert [] == [use for use, found in makers.items() if len(found) < 2 and use not in {"infrared", "boot_optical"}]


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ({}, "not a file of firmware names"),
        ([], "not a file of firmware names"),
        ({"vendors": ["X%"], "settings": {"toaster": {}}}, "no such use: toaster"),
        ({"vendors": ["X%"], "settings": {"camera": {"Cam": "Off"}}}, "list of quoted texts"),
        ({"vendors": ["X%"], "settings": {"camera": {"Cam": [False]}}}, "list of quoted texts"),
        ({"vendors": ["X%"], "settings": {}, "models": {"Y%": {"toaster": {}}}}, "no such use"),
    ],
)
def test_a_wrong_file_is_refused_by_name(document, word):
    """YAML's bare `off` is no text: a value the firmware would never accept does not slip in."""
    with pytest.raises(firmware.NamesError, match=f"^x.yml: .*{word}"):
        list(firmware.read("x.yml", document))


def test_every_subject_is_asked_against_the_same_names():
    """The engine adds the table to any source; a source that recorded it is believed."""
    with Engine(RecordedSource("linux", {"firmware": []}, "x")) as engine:
        found = engine.query("SELECT count(*) AS n FROM firmware_names").rows
    with Engine(RecordedSource("linux", {"firmware_names": [{"use": "camera"}]}, "x")) as engine:
        recorded = engine.query("SELECT use FROM firmware_names").rows

    assert [{"n": len(firmware.names())}] == found
    assert [{"use": "camera"}] == recorded
