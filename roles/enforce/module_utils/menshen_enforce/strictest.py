# SPDX-License-Identifier: GPL-3.0-or-later
"""Where two controls set the same thing: the stricter value by a known rule, else a refusal that names both."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.machine import EnforceError


def merged(wanted, rules) -> dict:
    """Merge triples of control, key (a tuple whose last part the rules know) and value; give key -> (control, value).

    A rule is `min` or `max`. Without one, different values for one key are an error.
    """
    chosen: dict = {}
    for control, key, value in wanted:
        if key not in chosen or chosen[key][1] == value:
            chosen.setdefault(key, (control, value))
            continue
        rule = rules.get(key[-1])
        if rule is None:
            raise EnforceError(f"{key[-1]}: {chosen[key][0]} wants {chosen[key][1]}, {control} wants {value}")
        if rule(int(chosen[key][1]), int(value)) == int(value):
            chosen[key] = (control, value)
    return chosen
