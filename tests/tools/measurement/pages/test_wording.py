"""Numbers in words: how often, and whether a difference is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from andon.tools.measurement.answers.numbers import numbers
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Metric, Question
from andon.tools.measurement.model.numbers.trend import Trend, TrendPoint
from andon.tools.measurement.pages.wording import (
    compared,
    date_word,
    glossary,
    how_often,
    metric_of,
    part_words,
    sentence,
)
from andon.tools.measurement.pictures.numbers import known_part
from tests.tools.measurement.telling import SHOP, WEEK, deployed


def metric(value: float | None, low: float | None = None, high: float | None = None, id_: str = "cycle-time") -> Metric:
    """A time with its interval."""
    return Metric(
        id=id_, title="T", unit="seconds", value=value, definition="D", sample="changes", n=9, low=low, high=high
    )


@pytest.mark.parametrize(
    ("per_day", "words"),
    [
        (3.0, "3 times a day"),
        (1.0, "once a day"),
        (0.4, "2.8 times a week"),
        (1 / 7, "once a week"),
        (0.1, "3 times a month"),
        (0.02, "7.3 times a year"),
    ],
)
def test_how_often(per_day: float, words: str) -> None:
    """In the largest unit in which it happens at all."""
    assert how_often(per_day) == words


def test_a_difference_is_one_where_intervals_lie_apart() -> None:
    """Less is better, but for how often and how long it holds."""
    low, high = metric(10, 8, 12), metric(100, 90, 110)
    assert compared(low, high, 30).drift == "better"
    assert compared(high, low, 30).drift == "worse"
    assert compared(metric(10, 8, 95), high, 30).drift == "same"
    rare, often = metric(10, 8, 12, "deployment-frequency"), metric(100, 90, 110, "deployment-frequency")
    assert compared(rare, often, 30).drift == "worse"


def test_without_interval_or_data_nobody_can_say() -> None:
    """No data before is said; no data now says nothing more."""
    assert compared(metric(10), metric(100), 30).drift == "unknown"
    assert compared(metric(10, 8, 12), metric(None), 30).words == "no data in the 30 days before"
    assert compared(metric(None), metric(100, 90, 110), 30).words == ""


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (0, "No deployment changed shop in production in this time."),
        (1, "shop reached production once in this time."),
        (14, "shop reaches production 2 times a day."),
    ],
)
def test_the_sentence_says_how_often(times: int, words: str) -> None:
    """A single deployment makes no frequency yet."""
    history = History(deployed(number, number + 1) for number in range(times))
    assert sentence(numbers(history, Question(place=SHOP, window=WEEK))) == words


def test_the_sentence_comes_from_what_happened_not_from_a_number() -> None:
    """DevLake's median of days a week is 0 where most weeks have none; deployments there were all the same."""
    history = History([*(deployed(number, number) for number in range(1, 4)), deployed(9, 150 * 24)])
    window = replace(WEEK, end=WEEK.begin + timedelta(days=90))
    asked = Question(place=SHOP, window=window, definition="devlake")
    found = numbers(history, asked)
    assert metric_of(found, "deployment-frequency").value == 0
    assert sentence(found) == "shop reached production 3 times in this time."


def test_words_that_not_everybody_uses_so_are_explained() -> None:
    """Only those that are said."""
    assert [word for word, _ in glossary(("A redeploy does not count.", "seed: the first one"))] == ["seed", "redeploy"]
    assert glossary(("Plain words.",)) == ()


def test_rows_say_which_date_they_have_and_what_they_count_as() -> None:
    """A rate's rows are failed or fine, or incidents beside deployments."""
    rate = replace(metric(0.1, id_="change-fail-rate"), sample="deployments")
    assert (date_word(rate), part_words(rate)) == ("Deployed", ("failed", "fine"))
    by_incidents = replace(rate, definition="Number of incidents divided by the number of deployments.")
    assert part_words(by_incidents) == ("incident", "deployment")


def test_an_axis_begins_where_anything_is_known() -> None:
    """A history of a day draws no year of nothing; without any value the window stays."""
    begun = WEEK.begin + timedelta(days=3)
    empty, one = TrendPoint(begin=WEEK.begin, value=None, n=0), TrendPoint(begin=begun, value=1.0, n=1)
    moved = Trend(metric="cycle-time", unit="seconds", points=(empty, one))
    assert known_part((moved,), WEEK).begin == begun
    assert known_part((replace(moved, points=(empty,)),), WEEK) == WEEK
