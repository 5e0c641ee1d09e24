"""What is true of every picture, whatever is in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.web.charts.aging import Item, aging
from andon.web.charts.figure import About, Figure
from andon.web.charts.forecast import Chance, Pick, forecast
from andon.web.charts.happenings import DeploymentMark, FlipMark, Happenings, IncidentMark
from andon.web.charts.levels import Level
from andon.web.charts.overlay import Series, overlay
from andon.web.charts.points import Point
from andon.web.charts.scatter import Dot, scatter
from andon.web.charts.sparkline import sparkline
from andon.web.charts.stacked import AreaLayer, stacked
from andon.web.charts.standalone import figure_html
from andon.web.charts.stream_map import Arrow, MapBox, stream_map
from andon.web.charts.trend import trend
from tests.web.charts.gallery import BEGIN, figures
from tests.web.charts.reading import SVG, drawing, places

UNITS = st.sampled_from(("seconds", "ratio", "per day", "count", "EUR"))
VALUES = st.floats(min_value=0, max_value=1e9)
#: no name is taken for a number that is none
NAMES = st.text(max_size=30, alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))).filter(
    lambda name: "nan" not in name
)
TIMES = st.integers(min_value=0, max_value=400 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
HAPPENINGS = st.builds(
    Happenings,
    deployments=st.lists(st.builds(DeploymentMark, at=TIMES, name=NAMES, failed=st.booleans()), max_size=5).map(tuple),
    flips=st.lists(st.builds(FlipMark, at=TIMES, name=NAMES), max_size=3).map(tuple),
    incidents=st.lists(st.builds(IncidentMark, begin=TIMES, end=st.none(), name=NAMES), max_size=3).map(tuple),
)
POINTS = st.lists(st.builds(Point, at=TIMES, value=st.none() | VALUES, n=st.integers(0, 99)), max_size=12)
LEVELS = st.lists(st.builds(Level, words=NAMES, value=VALUES), max_size=3)


def about(unit: str) -> About:
    """What most of these are about."""
    return About(title="A <number> & more", unit=unit, things="commits")


def holds(figure: Figure) -> None:
    """It is XML, named and described, everything is inside, and it is small enough."""
    root = drawing(figure)
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert (title.text, desc.text) == (figure.title, figure.says)
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("role") in {"img", "group"}
    assert all(-0.01 <= place <= 100.01 for place in places(figure))
    assert "nan" not in str(figure.svg)
    assert "<key>" not in str(figure.svg)
    assert " style=" not in str(figure_html(figure))
    assert len(figure.svg) < 100_000


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: str(figure.title))
def test_a_picture_is_whole(figure: Figure) -> None:
    """Valid, named, inside its frame, below 100 kB; its sentence ends; its table and legend have words."""
    holds(figure)
    assert figure.says.endswith(".")
    assert figure.table.rows
    assert all(len(row) == len(figure.table.columns) for row in figure.table.rows)
    assert all(entry.words and "aria-hidden" in entry.sign for entry in figure.legend)


@given(UNITS, POINTS, LEVELS, HAPPENINGS)
def test_any_trend(unit: str, points: list[Point], lines: list[Level], over: Happenings) -> None:
    """Nothing, one thing, gaps everywhere, names of any letters."""
    holds(trend(about(unit), points, lines))
    holds(sparkline(about(unit), points))
    holds(overlay(about(unit), Series(words="Rate", unit=unit, points=points), over))
    holds(overlay(about(unit), None, over))


@given(UNITS, st.lists(st.builds(Dot, at=TIMES, value=VALUES, name=NAMES), max_size=9), LEVELS)
def test_any_dots(unit: str, dots: list[Dot], lines: list[Level]) -> None:
    """No dots, equal dots, dots at zero."""
    holds(scatter(about(unit), dots, lines))


@given(UNITS, st.lists(st.lists(st.none() | VALUES, min_size=4, max_size=4).map(tuple), max_size=9))
def test_any_layers(unit: str, values: list[tuple[float | None, ...]]) -> None:
    """No layer, more layers than tints, layers that are not known."""
    instants = [BEGIN + timedelta(days=n) for n in range(4)]
    holds(stacked(about(unit), instants, [AreaLayer(words=f"layer {n}", values=row) for n, row in enumerate(values)]))


@given(st.lists(st.builds(Item, name=NAMES, age=VALUES, stage=st.sampled_from("abc")), max_size=12), LEVELS)
def test_any_work_under_way(items: list[Item], lines: list[Level]) -> None:
    """Nothing under way, all in one stage, a stage that is empty."""
    holds(aging(about("seconds"), tuple("abc"), items, lines))


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.none() | VALUES), max_size=12))
def test_any_stream(ways: list[tuple[str, str, float | None]]) -> None:
    """Circles, arrows to themselves, arrows twice, arrows from nowhere: all in the table, none breaks the picture."""
    boxes = [MapBox(name=name, process=None, n=1) for name in "abcde"]
    figure = stream_map(about("seconds"), boxes, [Arrow(begin=a, end=b, wait=wait) for a, b, wait in ways])
    holds(figure)
    assert len(figure.table.rows) == len(boxes) + len(ways)


@given(st.lists(st.floats(min_value=0, max_value=1), max_size=150), st.integers(1, 2000))
def test_any_forecast(probabilities: list[float], first: int) -> None:
    """No answer, one answer, answers far out."""
    chances = [Chance(answer=first + n, probability=p) for n, p in enumerate(sorted(probabilities))]
    picks = [Pick(probability=0.85, answer=chances[len(chances) // 2].answer)] if chances else []
    holds(forecast(about("count"), chances, picks))


def test_nothing_at_all_is_said_in_words() -> None:
    """An empty picture is no blank: its sentence says what is missing."""
    assert "no data" in trend(about("seconds"), ()).says
    assert "no commits" in scatter(about("seconds"), ()).says
    assert "nothing is under way" in aging(about("seconds"), ("review",), ()).says
    holds(aging(about("seconds"), (), ()))
    holds(stream_map(about("seconds"), (), ()))
    holds(stacked(about("count"), (), ()))
