"""The parts of a change's way."""

from __future__ import annotations

from datetime import timedelta

from andon.tools.measurement.model.numbers.merge_times import cycle_minutes, merge_times, minutes
from tests.tools.measurement.telling import change, hour

HOUR = timedelta(hours=1)


def test_every_part_from_the_first_commit_to_the_deployment() -> None:
    """Written for 2 h, looked at after 1 h, reviewed for 3 h, deployed after 4 h: 10 h in all."""
    times = merge_times(change(1, 2, 6, first_commit_at=hour(0), first_review_at=hour(3)), 7, hour(10))
    assert (times.coding, times.pickup, times.review, times.deploy) == (2 * HOUR, HOUR, 3 * HOUR, 4 * HOUR)
    assert (times.cycle, times.deployment) == (10 * HOUR, 7)


def test_a_part_that_would_be_negative_is_not_known() -> None:
    """Deployed before it was merged, reviewed before it was opened: no such part, and it is still linked."""
    times = merge_times(change(1, 2, 6, first_commit_at=hour(3), first_review_at=hour(1)), 7, hour(5))
    assert (times.coding, times.pickup, times.review, times.deploy) == (None, None, 5 * HOUR, None)
    assert (times.cycle, times.deployment) == (4 * HOUR, 7)


def test_what_has_not_landed_has_no_cycle() -> None:
    """Not yet."""
    times = merge_times(change(1, 2, None, first_commit_at=hour(0)))
    assert (times.coding, times.cycle, cycle_minutes(times)) == (2 * HOUR, None, None)


def test_minutes_are_whole_and_rounded_up_part_by_part() -> None:
    """61 s and 61 s are four minutes, as DevLake adds them."""
    second = 1 / 3600
    times = merge_times(change(1, 61 * second, 122 * second, first_commit_at=hour(0)))
    assert (minutes(times.coding), times.cycle, cycle_minutes(times)) == (2, timedelta(seconds=122), 4)
    assert minutes(None) is None
