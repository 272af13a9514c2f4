# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from policies.resolve import ResolveError, resolve


def test_one_call_fills_title_sql_and_data(folder):
    """Title, remedy, observe and enforce all carry the same value."""
    control = folder.load().controls["screen_lock"]

    resolved = resolve(control, "linux", {"idle_seconds": 300})

    assert "The screen locks after 300 seconds" == resolved.title.en
    assert "闲置 300 秒锁屏" == resolved.title.zh
    assert "Set the delay to 300." == resolved.remedy.en
    assert "SELECT value, value BETWEEN 1 AND 300 AS ok FROM dconf_policy" == resolved.observe
    assert ({"mechanism": "dconf", "settings": {"idle-delay": "uint32 300", "delay": 300}},) == resolved.enforce
    assert {"idle_seconds": 300} == resolved.parameters
    assert ("screen_lock", "linux", False) == (resolved.control, resolved.kind, resolved.manual)


def test_values_not_named_are_the_defaults(folder):
    """Without a value the default counts."""
    assert {"idle_seconds": 900} == resolve(folder.load().controls["screen_lock"], "linux", {}).parameters


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"idle_seconds": 3600}, "screen_lock: idle_seconds=3600 is outside 1..900"),
        ({"idle_seconds": 0}, "screen_lock: idle_seconds=0 is outside 1..900"),
        ({"idle_seconds": "600"}, "screen_lock: idle_seconds=600 is not a whole number"),
        ({"idle": 600}, "screen_lock: unknown parameter idle"),
        ({"idle": 1, "idle_seconds": 0}, "screen_lock: unknown parameter idle; idle_seconds=0 is outside 1..900"),
    ],
)
def test_values_that_cannot_be_are_refused(folder, values, message):
    """A refused value stops everything, with the control's name and the limits."""
    with pytest.raises(ResolveError) as caught:
        resolve(folder.load().controls["screen_lock"], "linux", values)

    assert message == str(caught.value)


def test_a_kind_without_a_rule_is_refused(folder):
    """A control is resolved only for kinds it speaks of."""
    with pytest.raises(ResolveError, match="screen_lock: has no rule for windows, only for linux"):
        resolve(folder.load().controls["screen_lock"], "windows", {})


def test_resolving_leaves_the_catalogue_as_it_was(folder):
    """The control's own rule keeps its names, so that the next subject gets its own values."""
    control = folder.load().controls["screen_lock"]

    first = resolve(control, "linux", {"idle_seconds": 300})
    second = resolve(control, "linux", {"idle_seconds": 60})

    assert [300, 60] == [one.enforce[0]["settings"]["delay"] for one in (first, second)]
