"""Limits: defaults, what is asked for, and the largest that is permitted."""

from __future__ import annotations

from andon.kernel.limits import AskedLimits, Limits, bounded, excess
from andon.kernel.sizes import GIBIBYTE


def test_what_is_asked_for_replaces_the_default_and_nothing_else() -> None:
    assert AskedLimits(memory=GIBIBYTE).on(Limits(processes=7)) == Limits(memory=GIBIBYTE, processes=7)


def test_a_task_s_limits_stand_over_those_of_the_file() -> None:
    own, common = AskedLimits(memory=1), AskedLimits(memory=2, processes=3)
    assert own.over(common) == AskedLimits(memory=1, processes=3)


def test_no_limit_is_above_the_largest() -> None:
    assert bounded(Limits(memory=4, processes=1), Limits(memory=2, processes=9)).memory == 2
    assert bounded(Limits(memory=4, processes=1), Limits(memory=2, processes=9)).processes == 1


def test_all_processors_are_more_than_some() -> None:
    assert bounded(Limits(cpu=0), Limits(cpu=2)).cpu == 2
    assert bounded(Limits(cpu=1.5), Limits(cpu=0)).cpu == 1.5


def test_what_asks_for_more_than_is_permitted_is_named_with_both_numbers() -> None:
    asked = AskedLimits(memory=20 * GIBIBYTE, processes=200, cpu=8)
    assert excess(asked, Limits(memory=8 * GIBIBYTE, cpu=2.0)) == {
        "memory": "20 GiB is more than this server permits, 8 GiB.",
        "cpu": "8 processors is more than this server permits, 2 processors.",
    }
