"""What is drawn is what was given: gaps stay open, nothing is lost between the picture and its table."""

from __future__ import annotations

from datetime import timedelta

from andon.web.charts.aging import Item, aging
from andon.web.charts.figure import About
from andon.web.charts.happenings import DeploymentMark, FlipMark, Happenings, IncidentMark
from andon.web.charts.levels import Level
from andon.web.charts.overlay import overlay
from andon.web.charts.points import Point
from andon.web.charts.scatter import Dot, scatter
from andon.web.charts.series import series_json
from andon.web.charts.sparkline import sparkline
from andon.web.charts.stacked import AreaLayer, stacked
from andon.web.charts.standalone import figure_html, standalone
from andon.web.charts.stream_map import Arrow, MapBox, stream_map
from andon.web.charts.trend import trend
from tests.web.charts.gallery import BEGIN, DAY, END, LEAD, dots, error_rate, figures, happenings, weekly
from tests.web.charts.reading import fields, of_kind, texts

WEEK = 7 * DAY
ABOUT = About(title="Lead time", things="commits")


def points(*values: float | None) -> list[Point]:
    """One a week."""
    return [Point(at=BEGIN + n * WEEK, value=value, n=9) for n, value in enumerate(values)]


def test_no_line_runs_through_nothing() -> None:
    """A gap parts the line in two; a value between gaps is a dot without a line; none of them stands at 0."""
    figure = trend(ABOUT, points(3600, 7200, None, None, 5000, None, 3600, 3000))
    (line,) = of_kind(figure, "line")[:1]
    assert line.get("d", "").count("M") == 2
    assert line.get("d", "").count("L") == 2
    assert len(of_kind(figure, "dot")) == 5
    assert len(of_kind(figure, "nodata")) == 2
    assert [row[1] for row in fields(figure)].count("no data") == 3
    assert "3 of 8 have no data and are left open" in figure.says


def test_a_sparkline_keeps_the_gaps() -> None:
    """Its last value is a dot only when there is one."""
    figure = sparkline(ABOUT, points(1, 2, None, 4, None))
    assert len(of_kind(figure, "line")) == 1
    assert len(of_kind(figure, "alone")) == 1
    assert of_kind(figure, "dot") == []
    assert [row[1] for row in fields(figure)][2] == "no data"


def test_a_small_sample_is_a_ring_and_its_interval_is_shown() -> None:
    """Fewer than five: hollow; the table has the count and the interval."""
    figure = trend(ABOUT, [Point(at=BEGIN, value=60, n=3, low=30, high=90), Point(at=BEGIN + WEEK, value=60, n=5)])
    assert len(of_kind(figure, "few")) == 1
    assert len(of_kind(figure, "range")) == 1
    assert fields(figure)[0] == ["25 Aug 2026", "1 min", "3", "30 s to 1 min 30 s"]
    assert "of fewer than 5 commits" in [entry.words for entry in figure.legend]


def test_every_dot_of_a_few_has_its_row_and_its_words() -> None:
    """220 dots, 220 rows; the words of a dot are escaped, the link leads on from the table."""
    given = (*dots(219), Dot(at=BEGIN, value=60, name="last", link="/evidence/last"))
    figure = scatter(ABOUT, given)
    assert len(of_kind(figure, "many")) == 220
    assert sorted(row[1] for row in fields(figure)) == sorted(dot.name for dot in given)
    assert "Fix &lt;&amp;&gt;" in figure_html(figure)
    assert '<a class="linked" href="/evidence/last">last</a>' in figure_html(figure)


def test_many_dots_are_counted_each_in_the_table_and_what_is_not_drawn_is_said() -> None:
    """5,000 commits: the counts of the rows add up, the picture says how many dots are covered by others."""
    figure = scatter(LEAD, dots(5000))
    assert sum(int(row[1].replace(",", "")) for row in fields(figure)) == 5000
    drawn = sum(path.get("d", "").count("h0") for path in of_kind(figure, "dots"))
    left = 5000 - drawn
    assert left > 0
    assert f"{left:,} of the dots are not drawn" in figure.says


def test_what_is_outside_of_the_time_is_neither_drawn_nor_counted() -> None:
    """A window shows only what is in it; nothing is heaped up at its edges."""
    early = Dot(at=BEGIN - DAY, value=60, name="early")
    figure = scatter(LEAD, [early, *dots(10)])
    assert "early" not in [row[1] for row in fields(figure)]
    late = trend(About(title="x", begin=BEGIN, end=BEGIN + 2 * WEEK), points(1, 2, 3, 4, 5))
    assert len(fields(late)) == 3


def test_a_week_that_reaches_into_the_window_is_shown() -> None:
    """A window that begins on a Thursday begins in a week: its value is drawn, and the axis begins on its Monday."""
    figure = trend(About(title="x", begin=BEGIN + 3 * DAY, end=BEGIN + 3 * WEEK), points(1, 2, 3))
    assert [row[1] for row in fields(figure)] == ["1 s", "2 s", "3 s"]
    assert of_kind(figure, "dot")[0].get("cx") == "0%"


def test_happenings_are_ticks_diamonds_and_bands_and_rows() -> None:
    """Each has its own shape, its own word in the legend, and its row with where it leads."""
    what = Happenings(
        deployments=(
            DeploymentMark(at=BEGIN + DAY, name="2.1"),
            DeploymentMark(at=BEGIN + 2 * DAY, name="2.2", failed=True),
        ),
        flips=(FlipMark(at=BEGIN + 3 * DAY, name="checkout on"),),
        incidents=(
            IncidentMark(begin=BEGIN + 2 * DAY, end=BEGIN + 3 * DAY, name="INC-1"),
            IncidentMark(begin=END - DAY, end=None, name="INC-2", link="/incidents/2"),
        ),
    )
    figure = overlay(About(title="All", begin=BEGIN, end=END), None, what)
    assert [len(of_kind(figure, kind)) for kind in ("deployment", "failed", "flip", "band")] == [1, 1, 1, 2]
    assert len(of_kind(figure, "band-edge")) == 3, "an open incident has no end"
    assert [row[1] for row in fields(figure)] == ["deployment", "failed deployment", "incident", "flip", "incident"]
    assert fields(figure)[-1][3] == "still open"
    assert {entry.words for entry in figure.legend} >= {"failed deployment", "flag flipped"}
    assert {"INC-1", "Deployments", "Flips"} <= set(texts(figure))


def test_a_year_of_a_busy_team_is_still_a_small_picture() -> None:
    """20,000 deployments, 910 failed, and 500 incidents: below 100 kB, and the table says what it leaves out."""
    minutes = (END - BEGIN) / 20_000
    what = Happenings(
        deployments=tuple(
            DeploymentMark(at=BEGIN + n * minutes, name=f"{n}", failed=n % 22 == 0) for n in range(20_000)
        ),
        incidents=tuple(
            IncidentMark(begin=BEGIN + n * 40 * minutes, end=BEGIN + (n * 40 + 9) * minutes, name=f"INC-{n}")
            for n in range(500)
        ),
    )
    figure = overlay(About(title="A year", begin=BEGIN, end=END), None, what)
    assert len(figure.svg) < 100_000
    assert len(figure_html(figure)) < 200_000
    assert "20,000 deployments (910 failed)" in figure.says
    assert figure.table.note == "The newest are listed; 20,100 older ones are in the picture."


def test_a_line_under_happenings_has_its_gaps_too() -> None:
    """The week of silence is no line and is said."""
    figure = overlay(About(title="All", begin=BEGIN, end=END), error_rate(), happenings())
    (line,) = of_kind(figure, "line")
    assert line.get("d", "").count("M") == 2
    assert "no data" in texts(figure)
    assert "Error rate" in [entry.words for entry in figure.legend]


def test_layers_lie_on_each_other_and_open_where_one_is_not_known() -> None:
    """Each has a hatching or a tint of its own, a name at its end, and a column in the table."""
    instants = [BEGIN + n * DAY for n in range(6)]
    flow = (
        AreaLayer(words="test", values=(1, 2, 3, None, 5, 6)),
        AreaLayer(words="review", values=(1, 1, 1, 1, 1, 1)),
    )
    figure = stacked(About(title="Flow", unit="count"), instants, flow)
    edges = [mark.get("d", "") for mark in of_kind(figure, "layer-edge")]
    assert [edge.count("M") for edge in edges] == [2, 2]
    assert fields(figure)[3][1:] == ["no data", "1"]
    assert [entry.words for entry in figure.legend] == ["review", "test"], "from the top down, as in the picture"


def test_a_box_says_its_work_and_an_arrow_its_wait() -> None:
    """What cannot be measured says so; the longest wait is named; what leads back is in the table."""
    boxes = [
        MapBox(name="write", process=None),
        MapBox(name="review", process=1500, accurate=0.9, n=3, waste="waiting"),
    ]
    arrows = [Arrow(begin="write", end="review", wait=18000), Arrow(begin="review", end="write", wait=60)]
    figure = stream_map(About(title="Stream"), boxes, arrows)
    assert {"work not measured", "25 min of work", "90 % right first time", "5 h", "▲ waiting"} <= set(texts(figure))
    assert "the longest wait, 5 h, is from write to review" in figure.says
    assert ["review → write", "wait", "1 min", "–", "0", "–"] in fields(figure)


def test_what_is_too_old_is_a_triangle_with_its_name() -> None:
    """Older than p85 of finished work: another shape, said in the sentence, yes in the table."""
    items = [Item(name="old one", age=90, stage="review"), Item(name="new", age=10, stage="review", owner="ada")]
    figure = aging(ABOUT, ("review", "test"), items, (Level(words="p85", value=50),))
    assert len(of_kind(figure, "odd")) == 1
    assert "old one" in texts(figure)
    assert "1 older than p85 of finished work" in figure.says
    assert [row[-1] for row in fields(figure)] == ["yes", "no"]


def test_the_series_of_the_zoom_is_the_same_as_the_picture() -> None:
    """Times in order, null where there is no data, what happened beside it."""
    series = series_json(ABOUT, list(reversed(weekly())), happenings())
    at, values = series["at"], series["values"]
    assert isinstance(at, list)
    assert isinstance(values, list)
    assert at == sorted(at)
    assert values.count(None) == 3
    assert series["unit"] == "seconds"


def test_a_report_is_one_file_without_scripts() -> None:
    """Styles inside, nothing fetched, every picture with its table, both themes."""
    html = standalone("Report of <shop>", figure_html(figures()[1]))
    assert "<title>Report of &lt;shop&gt;</title>" in html
    assert "--accent" in html
    assert "light-dark(" in html
    for foreign in ("<script", "<link", "http://", "https://", "@import", "src="):
        assert foreign not in html
    assert "<details" in html


def test_a_picture_of_a_moment_has_room() -> None:
    """One value at one instant: an axis of a few minutes."""
    figure = trend(ABOUT, [Point(at=BEGIN + timedelta(hours=9), value=5)])
    assert len(of_kind(figure, "dot")) == 1
