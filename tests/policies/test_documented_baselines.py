# SPDX-License-Identifier: Apache-2.0
"""What docs/*/baselines.md shows can be loaded as it stands, and does what the text says."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from policies import catalogue, exception
from policies.merge import MergeError, choose

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```yaml\n# (\S+)\n(.*?)```", re.DOTALL)


@pytest.fixture(params=["en", "zh"])
def shown(request, tmp_path):
    """Write every file one language shows below a copy of the catalogue; give their paths and the whole page."""
    shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    page = (ROOT / f"docs/{request.param}/baselines.md").read_text(encoding="utf-8")
    files = dict(BLOCK.findall(page))
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path, page


def test_both_languages_show_the_same_files(shown):
    """Whatever one language shows, the other shows: two baselines, a host and an exception."""
    _, page = shown
    assert [
        "policies/baselines/night_desk.yml",
        "policies/baselines/bank_east.yml",
        "inventory/host_vars/pc-101.yml",
        "inventory/exceptions.yml",
    ] == [path for path, _ in BLOCK.findall(page)]


def test_the_shown_baselines_load_and_choose(shown):
    """`extends`, `select`, `without`, `controls` and `values` work together as the text says."""
    known = catalogue.load(shown[0] / "policies")
    desk, agent = known.baselines["night_desk"], known.baselines["agent_pc"]

    assert {"printing_off"} == set(desk.controls) - set(agent.controls)
    assert {"restart_scheduled"} == set(agent.controls) - set(desk.controls)
    found = choose(known.controls["screen_lock"], "linux", [desk, known.baselines["bank_east"]])
    assert (120, {120, 300}) == (
        found.values["idle_seconds"],
        {said["value"] for said in found.provenance["idle_seconds"]["merged_from"]},
    )


def test_the_shown_host_and_exception_stand(shown):
    """The host's own value is stricter and counts; a looser one is refused with the words shown; the exception allows it."""
    root, page = shown
    known = catalogue.load(root / "policies")
    host = yaml.safe_load((root / "inventory/host_vars/pc-101.yml").read_text(encoding="utf-8"))
    (grant,) = exception.load(root / "inventory/exceptions.yml", known.controls)
    control = known.controls["screen_lock"]
    baselines = [known.baselines[name] for name in (*host["menshen_baselines"], *host["menshen_banks"])]

    assert {"idle_seconds": 120} == choose(control, "linux", baselines, host["menshen_parameters"]["screen_lock"]).values
    with pytest.raises(MergeError) as caught:
        choose(control, "linux", baselines, {"idle_seconds": 900})
    assert str(caught.value).removeprefix("inventory: screen_lock: ") in page
    assert grant.covers("screen_lock", "pc-101", (), date(2027, 1, 31))
    assert {"idle_seconds": 900} == choose(control, "linux", baselines, None, grant).values


def test_every_baseline_is_named(shown):
    """The list of baselines on the page is the list of the catalogue, banks aside."""
    _, page = shown
    listed = next(line for line in page.splitlines() if "`windows_server`" in line)

    assert {one.id for one in catalogue.load().baselines.values() if not one.bank} == set(re.findall(r"`([a-z_]+)`", listed))
