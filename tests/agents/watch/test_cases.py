# SPDX-License-Identifier: Apache-2.0
"""The 22 cases a UPS monitor must survive (facts of the UPS issue, §6), each by its number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from outage_story import BATTERY, ONLINE, PLAN, TWO_FEEDS, Story

from agents.devices.reading import ClimateReading, Status, TestResult
from agents.devices.sample import Remark
from agents.watch.event import Done, Forecast
from policies import outage

LOW = replace(BATTERY, battery_low=True, charge_percent=15, runtime_minutes=4)
ALL = ["shed office", "servers server", "watch"]
SHUTDOWN = ["shed office", "servers server", "monitor watch"]


def on_mains(**how):
    """Give a story that has seen a minute of calm."""
    return Story(**how).live(60, ONLINE)


def test_case_01_silence_on_battery_counts_on():
    """Comms lost on battery: time and worst-case runtime go on from the last good sample, and after the dead time it is lost."""
    story = on_mains().live(30, BATTERY).silent(40)
    assert [] == story.ordered
    story.silent(30)
    assert SHUTDOWN == story.ordered
    assert {"why": "silent on battery"} == next(event.data for event in story.events if event.key == "lost")


def test_case_01_runtime_is_reckoned_down_while_silent():
    """A battery that had six minutes left is empty a minute later, though nobody said so, before the dead time is over."""
    story = on_mains(plan=outage.read("p", PLAN.replace(b"dead_seconds: 60", b"dead_seconds: 600")))
    story.live(30, replace(BATTERY, runtime_minutes=6)).silent(70)
    assert SHUTDOWN == story.ordered
    assert "battery reckoned empty" in [event.data.get("why") for event in story.events]


def test_case_02_silence_on_mains_is_an_alarm_only():
    """Comms lost on mains for a day: told once, nothing is stopped, and told when it is over."""
    story = on_mains().silent(86400, every=60).live(10, ONLINE)
    assert ["silence", "silence over"] == [word for word in story.told if "silence" in word]
    assert [] == story.ordered


def test_case_02_all_silent_at_once_is_the_monitors_own_network():
    """Two UPSes silent at once: it is told that the monitor itself is cut off."""
    story = Story(plan=outage.read("p", TWO_FEEDS)).live(60, ONLINE, replace(ONLINE, name="ups_b", serial="S2"))
    story.silent(400, "ups_a", "ups_b")
    assert ("all_silent", []) == (story.told[-1], story.ordered)


def test_case_03_stale_answers_count_as_none():
    """A frozen agent that goes on saying "on battery" is silent on battery; one that says "online" is an alarm only."""
    frozen = on_mains().live(600, ONLINE, stale=True)
    assert (["stale", "silence"], []) == (frozen.told, frozen.ordered)
    story = on_mains().live(20, BATTERY).live(70, BATTERY, stale=True)
    assert SHUTDOWN == story.ordered


def test_case_04_flapping_does_not_start_the_clock_again():
    """Mains that come back for seconds do not end the outage: ten minutes after its beginning the tier is due, once."""
    story = on_mains()
    for _ in range(45):
        story.live(10, BATTERY).live(5, replace(ONLINE, charge_percent=90))
    assert ["shed office"] == story.ordered
    assert 1 == story.told.count("outage")
    assert 0 == story.told.count("outage over")


def test_case_04_a_blip_is_no_outage():
    """A second on battery is told as a blip, after the mains have lasted."""
    story = on_mains().live(5, BATTERY).live(120, ONLINE)
    assert (["blip"], []) == (story.told, story.ordered)


@pytest.mark.parametrize(
    ("mains", "battery"),
    [
        ({"battery_low": True}, {"battery_low": True}),
        ({"charge_percent": 0}, {"charge_percent": 0}),
        ({}, {"battery_low": True}),
    ],
)
def test_case_05_one_false_sign_of_a_low_battery_stops_nothing_at_once(mains, battery):
    """LB on mains, charge 0 with hours of runtime, LB seconds after OB: no shutdown in the first twenty seconds."""
    story = on_mains().live(60, replace(ONLINE, **mains)).live(20, replace(BATTERY, **battery))
    assert "servers server" not in story.ordered


def test_case_05_a_sign_that_cried_on_mains_never_counts_alone():
    """LB that is always set is told as doubtful, and an outage of five minutes stops nothing; with a low charge it counts."""
    story = on_mains().live(60, replace(ONLINE, battery_low=True)).live(300, replace(BATTERY, battery_low=True))
    assert ("low_doubted", []) == (story.told[0], story.ordered)
    story.live(60, replace(BATTERY, battery_low=True, charge_percent=10, runtime_minutes=3))
    assert SHUTDOWN == story.ordered


def test_case_05_a_true_sign_lasts_or_is_seconded():
    """LB alone counts after its time; LB and charge together at once when the outage is confirmed."""
    lone = on_mains().live(30, replace(BATTERY, battery_low=True))
    assert [] == lone.ordered
    assert SHUTDOWN == lone.live(15, replace(BATTERY, battery_low=True)).ordered
    assert SHUTDOWN == on_mains().live(15, LOW).ordered


def test_case_06_an_optimistic_runtime_is_found_out_by_the_slope():
    """LB never comes and 120 minutes are claimed while two per cent a minute are lost: told, shed, and shut down in time."""
    story = on_mains()
    for minute in range(48):
        story.live(60, replace(BATTERY, charge_percent=max(0, 99 - 2 * minute), runtime_minutes=120))
    assert 1 == story.told.count("optimistic")
    assert SHUTDOWN == story.ordered
    lost = next(event for event in story.events if event.key == "lost")
    assert lost.at - 1060 < 45 * 60


def test_case_06_tiers_go_by_elapsed_time_as_well():
    """With no figure known at all the clock alone sheds."""
    blind = replace(BATTERY, charge_percent=None, runtime_minutes=None, battery_low=None)
    assert ["shed office"] == on_mains().live(700, blind).ordered


def test_case_07_self_test_and_calibration_are_no_outage():
    """A test of twenty minutes with mains present: told when it begins and ends, nothing else."""
    testing = replace(ONLINE, status=Status.TEST, charge_percent=60)
    story = on_mains().live(1200, testing).live(60, ONLINE)
    assert (["self_test", "self_test over"], []) == (story.told, story.ordered)


def test_case_07_a_real_outage_during_a_test_counts():
    """The voltage is gone while the UPS still says test: it is an outage from then on."""
    testing = replace(ONLINE, status=Status.TEST)
    story = on_mains().live(30, testing).live(700, replace(testing, input_voltage=0))
    assert ["self_test", "self_test over", "outage"] == story.told[:3]
    assert ["shed office"] == story.ordered


def test_case_08_failed_tests_and_the_replace_flag_are_told_once():
    """A failed test and a battery that wants replacing are told once, and once more when they are mended."""
    bad = replace(ONLINE, last_test_result=TestResult.FAILED, battery_replace=True)
    story = on_mains().live(600, bad).live(60, replace(ONLINE, last_test_result=TestResult.PASSED))
    assert ["replace_battery", "test_failed", "replace_battery over", "test_failed over"] == story.told


def test_case_09_two_feeds_one_on_battery_is_no_outage_for_those_on_both():
    """A subject on two feeds feels nothing while one is on mains; that none is to spare is told."""
    story = Story(plan=outage.read("p", TWO_FEEDS))
    b = replace(ONLINE, name="ups_b", serial="S2")
    story.live(60, ONLINE, b).live(3600, LOW, b)
    assert [] == story.ordered
    assert "redundancy" in story.told


def test_case_09_one_dead_and_one_on_battery_is():
    """One feed off, the other on battery: the clock of the second counts, and its end is the end."""
    story = Story(plan=outage.read("p", TWO_FEEDS))
    off = replace(ONLINE, name="ups_b", serial="S2", status=Status.OFF)
    story.live(60, ONLINE, replace(off, status=Status.ONLINE)).live(60, ONLINE, off)
    assert [] == story.live(300, BATTERY, off).ordered
    assert ["shed office"] == story.live(400, BATTERY, off).ordered
    assert SHUTDOWN == story.live(30, LOW, off).ordered


def test_case_09_a_subject_that_needs_both_feeds_is_hit_by_one():
    """MINSUPPLIES 2: one feed on battery is an outage for whoever needs both."""
    needs_both = TWO_FEEDS.replace(b"office: {ups: [ups_a, ups_b]}", b"office: {ups: [ups_a, ups_b], needs: 2}")
    story = Story(plan=outage.read("p", needs_both))
    b = replace(ONLINE, name="ups_b", serial="S2")
    story.live(60, ONLINE, b).live(700, BATTERY, b)
    assert ["shed office"] == story.ordered


def test_case_10_bypass_is_an_alarm_and_no_outage():
    """On bypass the load is fed and not protected: told, nothing stopped."""
    story = on_mains().live(3600, replace(ONLINE, status=Status.BYPASS), every=30).live(30, ONLINE)
    assert (["bypass", "bypass over"], []) == (story.told, story.ordered)


def test_case_10_off_is_told_and_stops_nothing_alone():
    """A UPS that is off feeds nobody: told as off and lost, and there is nothing left to stop."""
    story = on_mains().live(600, replace(ONLINE, status=Status.OFF))
    assert (["off", "lost"], []) == (story.told, story.ordered)


def test_case_10_a_plant_that_is_always_on_battery():
    """A DC plant that says "battery" as its usual state is on mains until its charge is really low."""
    plan = outage.read("p", PLAN + b"battery_is_normal: [ups_a]\n")
    plant = replace(BATTERY, runtime_minutes=None)
    story = Story(plan=plan).live(7200, plant, every=30)
    assert ([], []) == (story.told, story.ordered)
    assert SHUTDOWN == story.live(60, replace(plant, charge_percent=12, battery_low=True)).ordered


def test_case_11_unknown_figures_are_no_zeros():
    """Runtime, charge and load that are not known neither make a battery low nor keep an outage from counting."""
    blind = replace(BATTERY, charge_percent=None, runtime_minutes=None, load_percent=None, battery_low=None)
    story = on_mains().live(300, blind)
    assert (["outage"], []) == (story.told, story.ordered)


def test_case_11_an_unknown_status_is_not_mains():
    """A status that makes no sense is told; on battery it counts as silence, on mains it stops nothing."""
    odd = replace(ONLINE, status=Status.UNKNOWN, unknown={"status": "outputSource = 23"})
    calm = on_mains().live(100, odd)
    assert (["status_unknown"], []) == (calm.told, calm.ordered)
    assert SHUTDOWN == on_mains().live(30, BATTERY).live(70, odd).ordered


def test_case_12_a_partial_answer_keeps_the_on_battery_state():
    """With nothing but the status answered, the outage is seen and its clock runs."""
    partial = replace(BATTERY, serial=None, battery_low=None, charge_percent=None, runtime_minutes=None, load_percent=None)
    story = on_mains().live(620, partial)
    assert ("outage", ["shed office"]) == (story.told[0], story.ordered)


def test_case_13_a_swapped_card_is_told_and_is_no_outage():
    """A new engine ID and an uptime that begins anew are told; the feed goes on."""
    story = on_mains().live(5, ONLINE, remarks=[Remark.ENGINE_ID_CHANGED, Remark.RESTARTED]).live(60, ONLINE)
    assert (["card_changed", "card_restarted"], []) == (story.told, story.ordered)


def test_case_13_another_device_at_the_address_is_not_believed_in_an_outage():
    """The serial is another one while the outage lasts: its "online" does not end the outage."""
    story = on_mains().live(30, BATTERY).live(70, replace(ONLINE, serial="S9"))
    assert "other_device" in story.told
    assert "outage over" not in story.told
    assert SHUTDOWN == story.ordered


def test_case_14_a_clock_that_goes_back_changes_nothing_and_a_gap_is_told():
    """Time never runs backwards for the machine; a loop that stood still is told, and stops nothing by itself."""
    story = on_mains()
    story.now -= 500
    story.live(30, ONLINE)
    assert [] == story.told
    story.now += 4000
    story.look(ONLINE)
    assert (["gap"], []) == (story.told, story.ordered)


def test_case_15_restart_mid_outage_goes_on_and_repeats_nothing():
    """What was kept on disk is taken up again: the tier that was done is not done again, the next one is."""
    story = on_mains().live(700, BATTERY)
    assert ["shed office"] == story.ordered
    again = Story(plan=story.plan, state=type(story.state).from_json(story.state.to_json()), now=story.now)
    assert [] == again.live(60, BATTERY).ordered
    assert ["servers server", "monitor watch"] == again.live(30, LOW).ordered


def test_case_15_without_a_state_the_ups_says_since_when():
    """A watch that begins in an outage counts from what the UPS says: nine minutes ago, so a minute later the tier is due."""
    story = Story().live(5, replace(BATTERY, seconds_on_battery=550))
    assert ["resumed", "outage"] == story.told
    assert ["shed office"] == story.live(60, replace(BATTERY, seconds_on_battery=600)).ordered


def test_case_16_mains_back_in_the_middle_finishes_the_order_and_starts_again_in_order():
    """Past the point of no return the servers are stopped with the mains back; the monitor stays; all starts at its charge."""
    story = on_mains(hold={"shed"}).live(15, LOW)
    assert ["shed office"] == story.ordered
    back = replace(ONLINE, charge_percent=18, runtime_minutes=10)
    story.live(90, back)
    story.happen(Done(story.actions[0].id, {"office": ""}))
    story.live(60, back)
    assert ["shed office", "servers server"] == story.ordered
    assert "restart_waits" in story.told
    story.live(60, replace(back, charge_percent=61))
    assert ["restart server", "restart office", "checks server,office"] == story.ordered[2:]
    assert ["restart over"] == [word for word in story.told if word == "restart over"]
    assert None is story.state.began


def test_case_16_before_that_point_mains_back_stops_the_shedding():
    """A tier that was shed on time alone is started again, and nothing more is stopped."""
    story = on_mains().live(700, BATTERY).live(200, replace(ONLINE, charge_percent=80))
    assert ["shed office", "restart office", "checks office"] == story.ordered


def test_case_17_a_stuck_forced_shutdown_on_mains_is_an_alarm():
    """FSD while on line reaches the machine as an alarm of a UPS that is on mains: told, not obeyed."""
    story = on_mains().live(600, replace(ONLINE, alarms=1, battery_low=True))
    assert ["low_doubted", "alarm"] == sorted(story.told, reverse=True)
    assert [] == story.ordered


def test_case_18_the_monitor_goes_last_and_says_so():
    """The monitor's own end is the last action, and it is told before."""
    story = on_mains().live(20, LOW)
    assert "monitor watch" == story.ordered[-1]
    assert "monitor_last" in story.told


def test_case_19_a_target_that_does_not_answer_does_not_hold_the_others():
    """A failed target is told by name; one that never reports is given up after its limit, and the order goes on."""
    failing = on_mains(fails={"office": "unreachable"}).live(20, LOW)
    assert SHUTDOWN == failing.ordered
    assert {"tier": "shed", "why": "unreachable"} == next(e.data for e in failing.events if e.key == "step_failed")
    hanging = on_mains(hold={"shed"}).live(100, LOW)
    assert ["shed office"] == hanging.ordered
    assert SHUTDOWN == hanging.live(60, LOW).ordered


def test_case_20_an_unknown_runtime_is_no_runtime():
    """A UPS without a runtime neither satisfies nor triggers a condition on it; shedding goes by its other conditions."""
    story = on_mains().live(300, replace(BATTERY, runtime_minutes=None))
    assert [] == story.ordered
    assert ["shed office"] == story.live(10, replace(BATTERY, runtime_minutes=None, charge_percent=50)).ordered


def probe(name, value, **how):
    """Give one temperature probe."""
    return ClimateReading("room", name, "temperature", value, "C", how.pop("ok_reading", True), **how)


def test_case_21_climate_has_hysteresis_median_and_sense():
    """Near the band nothing flaps, one probe gone wild moves nothing, an absent and a stuck probe are told, a rise comes first."""
    story = on_mains()
    for minute in range(60):
        wave = 23.9 + 0.4 * (minute % 2)
        story.live(60, ONLINE, probe("1", wave), probe("2", wave + 0.1), probe("3", 80.0 + minute), every=30)
    assert [] == [word for word in story.told if word.startswith("climate")]
    hot = on_mains().live(120, ONLINE, probe("1", 24.7)).live(60, ONLINE, probe("1", 24.3)).live(60, ONLINE, probe("1", 23.8))
    assert ["climate", "climate over"] == [word for word in hot.told if word.startswith("climate")]
    gone = on_mains().live(60, ONLINE, probe("1", None, ok_reading=False, reason="absent"))
    assert "probe" in gone.told
    stuck = on_mains().live(6.5 * 3600, ONLINE, probe("1", 23.0), every=60)
    assert "stuck" in [event.data.get("why") for event in stuck.events]
    rising = on_mains()
    for minute in range(8):
        rising.live(60, ONLINE, probe("1", 22.0 + 0.3 * minute), every=30)
    assert (["rising"], []) == (rising.told, rising.ordered)


def test_case_21_heat_sheds_in_an_outage_only():
    """Thirty degrees on mains stop nothing; in an outage they make the tier due."""
    story = on_mains().live(120, ONLINE, probe("1", 31.0))
    assert [] == story.ordered
    assert ["shed office"] == story.live(30, BATTERY, probe("1", 31.5)).ordered


def test_case_22_one_device_that_hangs_does_not_hold_the_others():
    """While one UPS never answers, the outage of the other is seen and shed in time."""
    story = Story(plan=outage.read("p", TWO_FEEDS.replace(b"office: {ups: [ups_a, ups_b]}", b"office: {ups: [ups_a]}")))
    for _ in range(150):
        story.live(5, BATTERY)
        story.silent(0.001, "ups_b", every=0.001)
    assert "shed office" in story.ordered


def test_the_forecast_of_people_sheds_at_once():
    """An outage said to last three hours sheds what can wait; one said to last an hour does not."""
    story = on_mains().live(60, BATTERY)
    story.happen(Forecast(60))
    assert [] == story.live(30, BATTERY).ordered
    story.happen(Forecast(180))
    assert ["shed office"] == story.ordered
