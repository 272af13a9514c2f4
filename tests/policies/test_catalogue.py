# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from policies import catalogue
from policies.problems import CatalogueError

CONTROL = "controls/workstation/screen_lock.yml"
BASELINE = "baselines/pc.yml"
FORM = "checklists/form.yml"
CLAUSES = "requirements.yml"


def test_a_right_folder_loads(folder):
    """The sample folder loads, whole and in part, with everything in it."""
    whole, part = folder.load(), folder.load(whole=False)

    assert ["screen_lock"] == list(whole.controls) == list(part.controls)
    assert ["pc"] == list(whole.baselines)
    assert ["WS-LOCK-01"] == list(whole.requirements) == list(part.requirements)
    assert ["form"] == list(whole.checklists) == list(part.checklists)
    assert "policies/controls/workstation/screen_lock.yml" == whole.controls["screen_lock"].file


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        (CONTROL, "severity: high", "severity: [", "controls/workstation/screen_lock.yml:5:5: not YAML"),
        (CONTROL, "severity: high", "severty: high", ":3:1: unknown key severty; did you mean severity?"),
        (CONTROL, "severity: high\n", "", ":1:1: severity is missing"),
        (CONTROL, "severity: high", "severity: grave", ":3:1: severity must be one of critical, high, medium, low, not 'grave'"),
        (CONTROL, "  zh: 闲置 $idle_seconds 秒锁屏\n", "", ":4:1: title translation missing: zh"),
        (CONTROL, "zh: 未锁屏谁都能用。", "zh: ''", ":7:49: zh must be text"),
        (CONTROL, "Anyone can use an open screen.", "Anyone, or all", ":7:25: unknown key or all (quote text"),
        (CONTROL, "id: screen_lock", "id: lock", ":1:1: id lock is not the file's name screen_lock"),
        (CONTROL, "id: screen_lock", "id: Screen-Lock", ":1:1: id must be a name in snake_case"),
        (CONTROL, "area: workstation", "area: mail", ":2:1: area mail is not the folder workstation"),
        (CONTROL, "area: workstation", "area: desk", ":2:1: area must be one of workstation, account,"),
        (CONTROL, "default: 900", "default: 3600", ":15:5: default idle_seconds=3600 is outside 1..900"),
        (CONTROL, "default: 900", "default: yes", ":15:5: default idle_seconds=true is not a whole number"),
        (CONTROL, "minimum: 1", "minimum: 901", ":16:5: minimum 901 is above maximum 900"),
        (CONTROL, "minimum: 1", "minimum: low", ":16:5: minimum must be a number"),
        (CONTROL, "strictest: min", "strictest: union", ":18:5: strictest of a integer is max, min, not union"),
        (CONTROL, "strictest: min", "choices: [a]", ":18:5: choices are for string and list"),
        (CONTROL, "screen locks after $idle_seconds", "screen locks after 900", ":5:3: a number in the title (900)"),
        (CONTROL, "闲置 $idle_seconds 秒", "闲置九百秒", ":4:1: $idle_seconds stands in one language only"),
        (CONTROL, "1 AND $idle_seconds", "1 AND $idle_second", ":25:5: unknown parameter $idle_second; did you mean idle_seconds?"),
        (CONTROL, "delay: $idle_seconds}", "delay: $idle}", ":23:9: unknown parameter $idle"),
        (CONTROL, "1 AND $idle_seconds", "1 AND '$idle_seconds'", ":25:5: $idle_seconds stands inside quotes"),
        (CONTROL, "name = 'gdm3'", "name = '$'", ":21:5: a stray $: write $$ for a dollar sign"),
        (CONTROL, "Set the delay to $idle_seconds.", "Set $delay.", ":8:10: unknown parameter $delay"),
        (CONTROL, "mechanism: dconf", "mechanic: dconf", ":23:9: mechanism is missing"),
        (CONTROL, "  linux:\n", "  linus:\n", ":20:3: must be one of linux, windows,"),
        (CONTROL, "[WS-LOCK-01]", "[WS-LOCK-02]", ":9:16: unknown requirement WS-LOCK-02; did you mean WS-LOCK-01?"),
        (CONTROL, "[WS-LOCK-01]", "[]", ":9:1: requirements must name at least 1"),
        (CONTROL, "[WS-LOCK-01]", "[WS-LOCK-01, WS-LOCK-01]", ":9:1: a requirement is named twice"),
        (CONTROL, "    unit: s\n", "    unit: s\n    unit: s\n", ":15:5: a second key unit; the first is on line 14"),
        (BASELINE, "id: pc", "id: agent", "baselines/pc.yml:1:1: id agent is not the file's name pc"),
        (BASELINE, "screen_lock:", "screen_locks:", ":5:3: unknown control screen_locks; did you mean screen_lock?"),
        (BASELINE, "idle_seconds", "idle_second", ":5:17: screen_lock: unknown parameter idle_second; did you mean idle_seconds?"),
        (BASELINE, "600", "3600", ":5:17: screen_lock: idle_seconds=3600 is outside 1..900"),
        (BASELINE, "600", "{value: 0, clause: x}", ":5:17: screen_lock: idle_seconds=0 is outside 1..900"),
        (BASELINE, "600", "{valeu: 600}", ":5:32: unknown key valeu; did you mean value?"),
        (BASELINE, "kinds: [linux]", "extends: [pd]", ":3:11: unknown baseline pd"),
        (BASELINE, "kinds: [linux]", "extends: [pc]", ":3:11: extends goes round in a circle: pc -> pc"),
        (BASELINE, "kinds: [linux]", "select: {}", ":3:1: select names neither kinds nor areas"),
        (BASELINE, "kinds: [linux]", "without: [screen]", ":3:11: unknown control screen; did you mean screen_lock?"),
        (BASELINE, "kinds: [linux]", "kinds: [bsd]", ":3:9: must be one of linux,"),
        (FORM, "[WS-LOCK-01]", "[WS-LOCK-9]", "checklists/form.yml:10:20: unknown requirement WS-LOCK-9; did you mean WS-LOCK-01?"),
        (FORM, "item: '1.1'", "item: '2.1'", ":7:5: item 2.1 stands in section 1"),
        (CLAUSES, "verify: automated", "verify: guessed", "requirements.yml:6:3: verify must be one of automated, measured,"),
    ],
)
def test_each_mistake_is_named_in_its_place(folder, path, before, after, expected):
    """Whatever is spoilt in a file is a problem with its path, line and column, and no other file is blamed."""
    folder.change(path, before, after)

    problems = folder.problems()

    assert any(expected in str(problem) for problem in problems), problems
    assert {f"policies/{path}"} == {problem.path for problem in problems}


def test_an_unused_parameter_is_named(folder):
    """A parameter that stands in neither SQL nor enforce does nothing, and is a problem."""
    folder.change(CONTROL, "BETWEEN 1 AND $idle_seconds", "= 1")
    folder.change(CONTROL, "{idle-delay: uint32 $idle_seconds, delay: $idle_seconds}", "{idle-delay: 1}")

    assert "policies/controls/workstation/screen_lock.yml:11:3: parameter idle_seconds is used by nothing" == str(
        folder.problems()[0]
    )


def test_all_problems_of_all_files_come_together(folder):
    """One refusal names everything wrong in every file."""
    folder.change(CONTROL, "severity: high", "severity: grave")
    folder.change(BASELINE, "kinds: [linux]", "kind: [linux]")
    folder.change(FORM, "item: '1.1'", "item: '2.1'")
    folder.write("controls/mail/broken.yml", "a: [")
    folder.change(CLAUSES, "area: workstation", "area: desk")

    paths = {problem.path.removeprefix("policies/") for problem in folder.problems()}

    assert {CONTROL, BASELINE, FORM, CLAUSES, "controls/mail/broken.yml"} == paths


def test_a_control_that_cannot_be_read_is_no_unknown_control(folder):
    """A baseline is not blamed for naming a control whose own file is wrong."""
    folder.change(CONTROL, "severity: high", "severity: grave")

    assert [f"policies/{CONTROL}"] == [problem.path for problem in folder.problems()]


def test_unreadable_requirements_are_the_only_problem(folder):
    """References are not called unknown when it is requirements.yml that is wrong."""
    folder.change(CLAUSES, "verify: automated", "verify: [")

    assert {f"policies/{CLAUSES}"} == {problem.path for problem in folder.problems()}


def test_a_duplicate_id_names_the_other_file(folder):
    """The same id in two areas is a problem that names both files."""
    folder.add_control("screen_lock", area="mail")

    assert [
        "policies/controls/workstation/screen_lock.yml:1:1: duplicate id screen_lock: also policies/controls/mail/screen_lock.yml"
    ] == [str(problem) for problem in folder.problems()]


def test_a_duplicate_requirement_is_named(folder):
    """The same requirement twice is a problem at the second."""
    text = (folder.root / CLAUSES).read_text(encoding="utf-8")
    folder.write(CLAUSES, text + text.partition("\n")[2])

    assert ["policies/requirements.yml:9:3: duplicate id WS-LOCK-01"] == [str(problem) for problem in folder.problems()]


def test_a_control_outside_its_place_is_named(folder):
    """A control stands in controls/<area>/<id>.yml and nowhere else."""
    folder.write("controls/loose.yml", (folder.root / CONTROL).read_text(encoding="utf-8"))

    assert "policies/controls/loose.yml:1:1: a control stands in controls/<area>/<id>.yml" in map(str, folder.problems())


@pytest.mark.parametrize(
    ("changes", "without", "expected"),
    [
        ({}, ("kinds", "parameters"), "one of kinds, inspect, document is missing"),
        ({"kinds": {}}, ("parameters",), "one of kinds, inspect, document is missing"),
        ({"inspect": True, "document": True}, (), "inspect and document exclude each other"),
        ({"inspect": True, "kinds": {"site": {"observe": "SELECT $p AS ok"}}}, (), "inspect brings its own rule for the kind site"),
    ],
)
def test_who_answers_a_control_is_said_once(folder, changes, without, expected):
    """A control is answered by machines, or an inspector, or a paper; never by nobody, never twice on one kind."""
    title = {"en": "x", "zh": "x"}
    halves = {
        "inspect": {"look_at": title, "every_days": 30, "evidence": ["photo"]},
        "document": {"provide": title, "every_days": 30},
    }
    changes = {key: halves.get(key, value) for key, value in changes.items()} | {"title": title, "remedy": title}
    parameter = {"p": {"title": title, "type": "integer", "default": 1}}
    used = {"kinds": {"linux": {"observe": "SELECT $p AS ok"}}, "parameters": parameter}
    folder.add_control("other", without=without, **(used | changes))

    assert any(expected in problem.message for problem in folder.problems())


@pytest.mark.parametrize("days", [0, 3661, "often", True])
def test_the_days_of_an_inspection_are_bounded(folder, days):
    """every_days is a whole number from 1 to 3660."""
    title = {"en": "x", "zh": "x"}
    folder.add_control(
        "other",
        without=("kinds", "parameters"),
        title=title,
        remedy=title,
        inspect={"look_at": title, "every_days": days, "evidence": ["photo"]},
    )

    assert ["every_days"] == [problem.message.split()[0] for problem in folder.problems()]


@pytest.mark.parametrize(
    "title", ["Version 3 of it", "Kept 90 days", "Above 1.5 metres", "保存90天", "Within 24h", "7×24", "95% full"]
)
def test_no_number_stands_in_a_title(folder, title):
    """A number in a title is a problem in either language and in any form."""
    folder.add_control("other", title={"en": f"{title} $idle_seconds", "zh": "闲置 $idle_seconds"})

    assert ["a number in the title"] == [problem.message.partition(" (")[0] for problem in folder.problems()]


@pytest.mark.parametrize("title", ["IPv6 is off", "SHA-256 is used", "802.1X is on", "The A/B rule"])
def test_names_with_digits_are_no_numbers(folder, title):
    """Words that carry a digit are names."""
    folder.add_control("other", title={"en": f"{title} $idle_seconds", "zh": "闲置 $idle_seconds"})

    assert ["other", "screen_lock"] == list(folder.load().controls)


def test_extends_in_a_circle_is_refused_by_its_members(folder):
    """Baselines that extend each other round are named once, with the whole circle."""
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        folder.write(f"baselines/{one}.yml", f"id: {one}\ntitle: {{en: x, zh: x}}\nextends: [{other}]\n")

    assert ["policies/baselines/c.yml:3:11: extends goes round in a circle: a -> b -> c -> a"] == [
        str(problem) for problem in folder.problems()
    ]


def test_a_baseline_has_what_it_extends_selects_and_names(folder):
    """Controls come from extends, select and controls; `without` leaves out of the first two; own values replace inherited."""
    folder.add_control("other", area="mail")
    folder.add_control("third", area="mail")
    head = "title: {en: x, zh: x}\n"
    folder.write("baselines/mail.yml", f"id: mail\n{head}select: {{kinds: [linux], areas: [mail]}}\nwithout: [third]\n")
    folder.write(
        "baselines/both.yml",
        f"id: both\n{head}extends: [pc, mail]\nvalues:\n  screen_lock:\n    idle_seconds: {{value: 300, clause: p1}}\n",
    )

    found = folder.load().baselines

    assert ("other",) == found["mail"].controls
    assert ("other", "screen_lock") == found["both"].controls
    said = found["both"].values["screen_lock"]["idle_seconds"]
    assert (300, "both", "p1", "policies/baselines/both.yml:6") == (said.value, said.baseline, said.clause, said.file)


def test_extended_baselines_that_differ_need_an_own_value(folder):
    """Two parents with different values are refused by control, parameter, both names and both values."""
    folder.write("baselines/lab.yml", "id: lab\ntitle: {en: x, zh: x}\nvalues: {screen_lock: {idle_seconds: 60}}\n")
    folder.write("baselines/both.yml", "id: both\ntitle: {en: x, zh: x}\nextends: [pc, lab]\n")

    assert [
        (
            "policies/baselines/both.yml:3:1: screen_lock: idle_seconds: the extended baselines differ"
            " (pc says 600, lab says 60); set it here"
        )
    ] == [str(problem) for problem in folder.problems()]


def test_controls_of_an_item_come_through_its_requirements(folder):
    """A checklist item is answered by the controls that name one of its requirements."""
    folder.add_control("other")
    found = folder.load()
    item = next(found.checklists["form"].items())

    assert ["other", "screen_lock"] == [control.id for control in found.controls_for_item(item)]


def test_controls_for_baselines_are_those_with_a_rule(folder):
    """Only chosen controls that have a rule for the kind are given."""
    found = folder.load()

    assert ["screen_lock"] == [control.id for control in found.controls_for(["pc"], "linux")]
    assert [] == found.controls_for(["pc"], "windows")


def test_the_digest_follows_every_file(folder):
    """Any change, new name or new file changes the digest; loading again does not."""
    digests = {folder.load().digest, folder.load(whole=False).digest}
    assert 1 == len(digests)

    for path, text in ((FORM, "# x"), (CLAUSES, "# x"), (BASELINE, "# x"), (CONTROL, "# x")):
        (folder.root / path).write_text((folder.root / path).read_text(encoding="utf-8") + text, encoding="utf-8")
        digests.add(folder.load().digest)
    folder.change(BASELINE, "600", "300")
    digests.add(folder.load().digest)
    folder.add_control("other")
    digests.add(folder.load().digest)

    assert 7 == len(digests)


def test_reading_in_part_leaves_the_rest_for_later(folder):
    """Without `whole`, wrong requirements and checklists are refused when they are asked for, not before."""
    folder.change(CLAUSES, "verify: automated", "verify: guessed")
    folder.change(FORM, "item: '1.1'", "item: '2.1'")
    found = folder.load(whole=False)

    with pytest.raises(CatalogueError, match="verify must be one of"):
        _ = found.requirements
    with pytest.raises(CatalogueError, match="stands in section"):
        _ = found.checklists


def test_a_missing_folder_is_said(tmp_path):
    """A folder that is not there is an error, not an empty catalogue."""
    with pytest.raises(CatalogueError, match="no such folder"):
        catalogue.load(tmp_path / "gone")
