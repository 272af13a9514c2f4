# SPDX-License-Identifier: Apache-2.0
"""A policies folder to spoil: one control, one requirement, one checklist, one baseline, all right."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from policies import catalogue
from policies.problems import CatalogueError

if TYPE_CHECKING:
    from pathlib import Path

    from policies.problems import Problem

CONTROL = """\
id: screen_lock
area: workstation
severity: high
title:
  en: The screen locks after $idle_seconds seconds
  zh: 闲置 $idle_seconds 秒锁屏
rationale: {en: Anyone can use an open screen., zh: 未锁屏谁都能用。}
remedy: {en: "Set the delay to $idle_seconds.", zh: "把延迟设为 $idle_seconds。"}
requirements: [WS-LOCK-01]
parameters:
  idle_seconds:
    title: {en: Idle time, zh: 闲置时间}
    type: integer
    unit: s
    default: 900
    minimum: 1
    maximum: 900
    strictest: min
kinds:
  linux:
    when: SELECT 1 FROM deb_packages WHERE name = 'gdm3'
    enforce:
      - mechanism: dconf
        settings: {idle-delay: uint32 $idle_seconds, delay: $idle_seconds}
    observe: SELECT value, value BETWEEN 1 AND $idle_seconds AS ok FROM dconf_policy
"""
REQUIREMENTS = """\
requirements:
- id: WS-LOCK-01
  area: workstation
  applies_to: [agent_pc]
  text: {en: Lock the screen., zh: 锁屏。}
  verify: automated
  sources: [{file: '000', ref: p1}]
  checklist: ['1.1']
"""
CHECKLIST = """\
id: form
title: {en: A form, zh: 表}
sections:
- section: '1'
  title: {en: First, zh: 一}
  items:
  - item: '1.1'
    title: {en: Screens, zh: 屏幕}
    supply: {en: A list, zh: 清单}
    requirements: [WS-LOCK-01]
"""
BASELINE = """\
id: pc
title: {en: PC, zh: 电脑}
kinds: [linux]
controls:
  screen_lock: {idle_seconds: 600}
"""


class Folder:
    """A policies folder under a temporary path; files are named as in it, such as `controls/workstation/screen_lock.yml`."""

    control = "controls/workstation/screen_lock.yml"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write(self.control, CONTROL)
        self.write("requirements.yml", REQUIREMENTS)
        self.write("checklists/form.yml", CHECKLIST)
        self.write("baselines/pc.yml", BASELINE)

    def write(self, path: str, text: str) -> None:
        """Write one file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def change(self, path: str, before: str, after: str) -> None:
        """Change one place of a file, which must be there exactly once."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(before) == 1, (before, text.count(before))
        self.write(path, text.replace(before, after))

    def add_control(self, identifier: str, *, area: str = "workstation", without: tuple[str, ...] = (), **changes: Any) -> None:
        """Write another control, the sample with some keys changed or left out."""
        entry = copy.deepcopy(yaml.safe_load(CONTROL)) | {"id": identifier, "area": area} | changes
        self.write(
            f"controls/{area}/{identifier}.yml",
            yaml.safe_dump({key: value for key, value in entry.items() if key not in without}, allow_unicode=True),
        )

    def load(self, *, whole: bool = True) -> catalogue.Catalogue:
        """Load the folder."""
        return catalogue.load(self.root, whole=whole)

    def problems(self, *, whole: bool = True) -> tuple[Problem, ...]:
        """Load the folder, which must be refused, and give what is wrong."""
        with pytest.raises(CatalogueError) as caught:
            self.load(whole=whole)
        return caught.value.problems


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a policies folder that loads."""
    return Folder(tmp_path / "policies")
