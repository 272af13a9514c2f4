# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

from agents.engine import Engine
from menshen.enforcement import TEMPLATES, _Asked
from policies.catalogue import load
from policies.mechanisms import ELSEWHERE, MECHANISMS, SHAPES, WINDOWS, wrongs
from policies.resolve import resolve
from policies.windows.planning import MECHANISMS as PLANNED

ROOT = Path(__file__).resolve().parents[2]
TASKS = ROOT / "roles" / "enforce" / "tasks"
STEPS = [
    (control.id, kind, number, step)
    for control in load().controls.values()
    for kind, rule in control.kinds.items()
    for number, step in enumerate(rule.enforce)
]


def test_every_mechanism_has_its_task_file():
    """What has a shape has one task file in the role, and no task file is without a shape."""
    assert set(SHAPES) == {path.stem for path in TASKS.glob("*.yml")} - {"main"}


def test_a_mechanism_is_known_once():
    """No mechanism is both of Linux and of another kind."""
    assert frozenset() == ELSEWHERE & set(SHAPES)
    assert set(SHAPES) <= MECHANISMS


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"mechanism": "package", "name": ["a"], "state": "absent"}, "names is missing"),
        ({"mechanism": "package", "names": ["a"]}, "state is missing"),
        ({"mechanism": "package", "names": {"suse": ["a"]}, "state": "absent"}, "unknown key suse"),
        ({"mechanism": "package", "names": {"debian": "a"}, "state": "absent"}, "must be a list"),
        ({"mechanism": "service", "names": ["a.service"], "state": "running"}, "state must be one of started, stopped"),
        ({"mechanism": "sysctl", "file": "a", "settings": {"kernel.x": 0}}, "must be quoted text, not 0"),
        ({"mechanism": "file_lines", "path": "/a", "lines": ["b"], "mode": "644"}, "must be four octal digits"),
        ({"mechanism": "logrotate", "files": ["/a"], "create_mode": "0649"}, "must be four octal digits"),
        ({"mechanism": "nftables", "chain": "forward", "policy": "drop", "allow": []}, "must be one of input, output"),
        ({"mechanism": "usbguard", "settings": {"A": "b"}, "allow": ["1:2"]}, "unknown key"),
        ({"mechanism": "kernel_module", "modules": [], "state": "blocked"}, "must name at least 1"),
    ],
)
def test_a_wrong_shape_is_named(step, said):
    """A step with a key missing, unknown or of the wrong kind is refused, and the message says which."""
    assert any(said in message for _, message in wrongs(step)), wrongs(step)


def test_a_lone_name_stands_for_any_kind():
    """A parameter may stand where a list, a number or a text does; its type is the parameter's business."""
    assert [] == wrongs({"mechanism": "package", "names": "$forbidden", "except_for": "$approved", "state": "absent"})
    assert [] == wrongs({"mechanism": "faillock", "deny": "$lockout_threshold"})


def test_no_control_has_a_wrong_shape():
    """The packaged controls pass, all of them, and there are many."""
    found = [f"{control} {kind} {number}: {message}" for control, kind, number, step in STEPS for _, message in wrongs(dict(step))]
    assert [] == found
    assert len(STEPS) > 100


def test_applicability_is_a_question_of_files():
    """An enforced control asks in its `when` for files alone, on Windows for services: that is asked before anything is done."""
    controls = load().controls
    for asked in ("linux", "windows"):
        with Engine(_Asked(asked)) as engine:
            for name, kind, number, _ in STEPS:
                when = resolve(controls[name], kind, {}).when
                if kind == asked and number == 0 and when:
                    assert [] == engine.query(when).rows, name


def test_every_template_is_there_and_fills():
    """Each template a control names is a file of the role."""
    named = {step["template"] for _, _, _, step in STEPS if step["mechanism"] == "template"}
    assert named == {path.name for path in TEMPLATES.iterdir()}


def test_windows_mechanisms_have_a_planner():
    """Each mechanism that a Windows rule may name has a shape and is carried out; the role of Linux knows none of them."""
    assert set(WINDOWS) | {"service"} == set(PLANNED)
    assert set() == set(WINDOWS) & set(SHAPES)
