# SPDX-License-Identifier: Apache-2.0
"""What people are asked carries its figures, on the screen and in the report."""

from __future__ import annotations

from menshen.showing import document
from policies import catalogue
from reports.clock import Clock
from reports.controls import Teller, control_result
from reports.words import Say


def test_show_fills_what_people_hand_in():
    """`menshen show` prints the paper that is asked for with the values in it, in both languages."""
    known = catalogue.load()

    shown = document(known, known.controls["bank_notified_in_time"], None)

    assert "at most 60 minutes after noticing" in shown["document"]["en"]
    assert "发现后不超过 60 分钟" in shown["document"]["zh"]
    assert shown["inspect"] is None


def test_the_report_fills_what_people_look_at_and_hand_in():
    """A report's register of inspections and papers names figures, never a parameter."""
    known = catalogue.load()
    teller = Teller(Say("en"), Clock(0))

    door = control_result(known.controls["door_log_retention"], [], teller)
    log = control_result(known.controls["bank_notified_in_time"], [], teller)

    assert "at least 12 months back" in door.look_at
    assert "at most 60 minutes after noticing" in log.provide
