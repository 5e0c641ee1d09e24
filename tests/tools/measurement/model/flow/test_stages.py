"""Stages as GitLab documents them: the day of an issue, and labels that come and go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from andon.tools.measurement.model.flow.stages import USUAL, Happening, Moment, Stage, time_in

HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0) -> datetime:
    """A time of one day."""
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


def happenings(*moments: tuple[Moment, datetime]) -> list[Happening]:
    """What happened, without labels."""
    return [Happening(moment=moment, at=when) for moment, when in moments]


DAY = happenings(
    ("created", at(9)),
    ("planned", at(11)),
    ("first commit", at(12)),
    ("opened", at(14)),
    ("run started", at(14)),
    ("run finished", at(14, 5)),
    ("merged", at(19)),
    ("deployed", at(19, 30)),
)


def test_the_day_of_an_issue() -> None:
    """From 09:00 to 19:30: 2 h, 1 h, 2 h, 5 min, 5 h and 30 min."""
    spent = {stage.title: time_in(stage, DAY) for stage in USUAL}
    assert spent == {
        "Issue": 2 * HOUR,
        "Plan": HOUR,
        "Code": 2 * HOUR,
        "Test": timedelta(minutes=5),
        "Review": 5 * HOUR,
        "Staging": timedelta(minutes=30),
    }


def test_a_label_put_on_twice_counts_the_times_it_was_on() -> None:
    """On from 9 to 10 and from 12 to 14: 3 h, not the 5 h from the first to the last."""
    stage = Stage(title="In work", begin="label on", end="label off", label="doing")
    times: list[tuple[Moment, datetime]] = [
        ("label on", at(9)),
        ("label off", at(10)),
        ("label on", at(12)),
        ("label off", at(14)),
    ]
    found = [Happening(moment=moment, at=when, label="doing") for moment, when in times]
    other = [
        Happening(moment="label on", at=at(8), label="other"),
        Happening(moment="label off", at=at(20), label="other"),
    ]
    assert time_in(stage, [*found, *other]) == 3 * HOUR


def test_what_goes_back_counts_to_its_last_end() -> None:
    """A merge that was undone and done again is merged the second time."""
    stage = Stage(title="Review", begin="opened", end="merged")
    assert (
        time_in(stage, happenings(("opened", at(9)), ("merged", at(10)), ("opened", at(11)), ("merged", at(12))))
        == 3 * HOUR
    )


@pytest.mark.parametrize(
    "found",
    [
        [],
        happenings(("opened", at(9))),
        happenings(("merged", at(9))),
        happenings(("merged", at(8)), ("opened", at(9))),
    ],
)
def test_a_stage_that_is_not_over_has_no_time(found: list[Happening]) -> None:
    """Neither never begun nor not ended is 0."""
    assert time_in(Stage(title="Review", begin="opened", end="merged"), found) is None


def test_a_label_that_is_still_on_has_no_time() -> None:
    """It has not left the stage."""
    stage = Stage(title="In work", begin="label on", end="label off", label="doing")
    times: list[tuple[Moment, datetime]] = [("label on", at(9)), ("label off", at(10)), ("label on", at(12))]
    assert time_in(stage, [Happening(moment=moment, at=when, label="doing") for moment, when in times]) is None
