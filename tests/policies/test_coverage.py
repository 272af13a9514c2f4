# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from policies.coverage import gaps, matrix

BOTH = {"en": "x", "zh": "x"}
INSPECT = {"look_at": BOTH, "every_days": 30, "evidence": ["photo"]}
DOCUMENT = {"provide": BOTH, "every_days": 30}
SITE = {"site": {"observe": "SELECT 1 AS ok"}}
PLAIN = {"title": BOTH, "remedy": BOTH}


def test_the_matrix_joins_requirement_controls_and_items(folder):
    """The JSON form has each requirement with its controls and items, and each item with its controls."""
    assert {
        "requirements": [{"id": "WS-LOCK-01", "controls": ["screen_lock"], "items": ["1.1"], "answered_by": "automated"}],
        "items": [
            {
                "item": "1.1",
                "title": {"zh": "屏幕", "en": "Screens"},
                "controls": ["screen_lock"],
                "requirements": ["WS-LOCK-01"],
                "checklist": "form",
            }
        ],
    } == matrix(folder.load())


@pytest.mark.parametrize(
    ("verify", "controls", "expected"),
    [
        ("automated", [], "none"),
        ("automated", [{"kinds": SITE}], "automated"),
        ("measured", [{"kinds": SITE}], "measured"),
        ("automated", [{"inspect": INSPECT}], "inspection"),
        ("measured", [{"inspect": INSPECT}], "inspection"),
        ("automated", [{"document": DOCUMENT}], "document"),
        ("automated", [{"document": DOCUMENT}, {"inspect": INSPECT}], "inspection"),
        ("automated", [{"document": DOCUMENT}, {"kinds": SITE}], "automated"),
    ],
)
def test_a_requirement_is_answered_by_the_best_there_is(folder, verify, controls, expected):
    """Machines answer before inspectors, inspectors before papers; nothing answers where no control names it."""
    text = (folder.root / "requirements.yml").read_text(encoding="utf-8")
    folder.write("requirements.yml", text + text.partition("\n")[2].replace("WS-LOCK-01", "R-2").replace("automated", verify))
    for number, halves in enumerate(controls):
        folder.add_control(f"other{number}", requirements=["R-2"], without=("kinds", "parameters"), **PLAIN)
        folder.add_control(
            f"other{number}", requirements=["R-2"], without=tuple({"kinds", "parameters"} - set(halves)), **PLAIN, **halves
        )

    found = matrix(folder.load())

    assert expected == found["requirements"][1]["answered_by"]
    assert (["R-2"] if expected == "none" else []) == gaps(found)
