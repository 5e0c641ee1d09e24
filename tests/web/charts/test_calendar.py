"""The axis of time: true to scale, ticks where calendars have them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.web.charts.calendar import calendar_of, span
from andon.web.charts.figure import About
from andon.web.charts.labels import NARROW, WIDE, WIDER, Label, clip, fitting, room, sizes, spread
from andon.web.charts.plot import tick_kinds

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def words(begin: datetime, length: timedelta) -> list[str]:
    """What stands under the ticks of such a stretch of time."""
    about = About(title="", begin=begin, end=begin + length)
    return [tick.words for tick in calendar_of(about, ()).ticks()]


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(hours=3), ["2 Mar", "00:15", "00:30", "00:45", "01:00", "01:15"]),
        (timedelta(hours=30), ["2 Mar", "03:00", "06:00", "09:00", "12:00", "15:00"]),
        (7 * DAY, ["2 Mar", "3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar"]),
        (60 * DAY, ["2 Mar", "9 Mar", "16 Mar", "23 Mar", "30 Mar", "6 Apr"]),
        (365 * DAY, ["Apr 2026", "May", "Jun", "Jul", "Aug", "Sep"]),
        (3000 * DAY, ["2027", "2028", "2029", "2030", "2031", "2032"]),
    ],
)
def test_ticks_stand_where_calendars_have_them(length: timedelta, expected: list[str]) -> None:
    """Hours, days, Mondays, months, years; the year is said where it begins or would not be known."""
    assert words(MONDAY, length)[:6] == expected


def test_days_that_are_far_apart_are_mondays() -> None:
    """A tick of a week stands on a Monday, whatever day the axis begins with."""
    assert words(MONDAY + 2 * DAY, 90 * DAY)[0] == "9 Mar"


@given(st.integers(0, 10**9), st.integers(60, 10**9))
def test_ticks_are_few_in_order_and_inside(begin: int, seconds: int) -> None:
    """Of any stretch between a minute and thirty years."""
    start = datetime(1999, 1, 1, tzinfo=UTC) + timedelta(seconds=begin)
    calendar = calendar_of(About(title="", begin=start, end=start + timedelta(seconds=seconds)), ())
    ticks = calendar.ticks()
    assert 0 < len(ticks) <= 15
    assert [tick.at for tick in ticks] == sorted({tick.at for tick in ticks})
    assert all(0 <= tick.at <= 1 for tick in ticks)


def test_time_is_true_to_scale() -> None:
    """Half the time is half the width."""
    calendar = calendar_of(About(title="", begin=MONDAY, end=MONDAY + 10 * DAY), ())
    assert calendar.share(MONDAY + 5 * DAY) == 0.5
    assert calendar.share(MONDAY - DAY) == 0
    assert calendar.share(MONDAY + 99 * DAY) == 1


def test_the_time_is_said_without_the_room_at_the_ends() -> None:
    """From the first to the last thing; the year once where it is the same."""
    assert span(calendar_of(About(title=""), (MONDAY, MONDAY + 30 * DAY))) == "from 2 Mar to 1 Apr 2026"
    assert span(calendar_of(About(title=""), (MONDAY, MONDAY + 365 * DAY))) == "from 2 Mar 2026 to 2 Mar 2027"


LABELS = st.lists(
    st.builds(
        Label,
        at=st.floats(0, 1),
        words=st.text("abc mM", min_size=1, max_size=12),
        anchor=st.sampled_from(("start", "middle", "end")),
    ),
    max_size=12,
)


def overlap(labels: list[Label], width: float) -> bool:
    """Do any two of one row lie on each other?"""
    reaches = sorted(label.reach(width) for label in labels)
    return any(a[1] > b[0] for a, b in pairwise(reaches))


@given(LABELS)
def test_words_of_one_row_never_lie_on_each_other(labels: list[Label]) -> None:
    """Neither on a phone nor where more of them are shown."""
    kinds = sizes(labels)
    for width, shown in ((NARROW, {""}), (WIDE, {"", " wide"}), (WIDER, {"", " wide", " wider"})):
        assert not overlap([label for label, kind in zip(labels, kinds, strict=True) if kind in shown], width)


@given(st.lists(st.floats(0, 200), max_size=8))
def test_lines_of_words_are_moved_apart_and_keep_their_order(places: list[float]) -> None:
    """No two are nearer than a line, and all stay inside while there is room."""
    moved = spread(places, 0, 200)
    pairs = sorted(zip(places, moved, strict=True))
    assert all(b - a >= 15 - 1e-6 for (_, a), (_, b) in pairwise(pairs))
    assert all(-1e-6 <= place <= 200 + 1e-6 for place in moved)


@given(st.integers(1, 30))
def test_ticks_of_a_phone_are_among_those_of_a_wide_window(count: int) -> None:
    """The first is always there, and no two that are shown together lie on each other."""
    labels = [Label(at=n / count, words="16 Nov") for n in range(count)]
    kinds = tick_kinds(labels)
    assert kinds[0] == ""
    for width, shown in ((NARROW, {""}), (WIDE, {"", " wide"}), (WIDER, {"", " wide", " wider"})):
        assert not overlap([label for label, kind in zip(labels, kinds, strict=True) if kind in shown], width)


def test_words_in_a_gap_are_shown_where_they_fit() -> None:
    """Always, where there is more room, or never."""
    assert room(0, 0.5, "no data") == ""
    assert room(0, 0.15, "no data") == " wide"
    assert room(0, 0.09, "no data") == " wider"
    assert room(0, 0.01, "no data") is None


def test_a_long_name_is_cut_in_the_margin() -> None:
    """The legend and the table have the whole of it."""
    assert clip("waits for production of everything") == "waits for productio…"
    assert fitting([], NARROW) == frozenset()
