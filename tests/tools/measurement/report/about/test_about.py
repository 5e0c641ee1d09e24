"""Reports about the stream, flow, overlay and wall: they fit, and say what the answers say, whoever gave these."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from andon.console.paint import Paint, plain
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.measurement.answers.cost import cost
from andon.tools.measurement.answers.flow import ForecastQuestion, flow
from andon.tools.measurement.answers.numbers import numbers
from andon.tools.measurement.answers.overlay import overlay
from andon.tools.measurement.answers.records import numbers_report
from andon.tools.measurement.answers.repository import measured
from andon.tools.measurement.answers.value_stream import value_stream
from andon.tools.measurement.answers.wall import wall
from andon.tools.measurement.answers.waste import waste
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.model.metric_query import MetricQuery
from andon.tools.measurement.report.about.page import page
from andon.tools.measurement.report.about.report import report
from andon.tools.measurement.report.about.subject_source import RepositoryAnswers, SubjectQuestion, subject_report
from andon.tools.measurement.report.about.subjects import (
    FlowReport,
    OverlayReport,
    StreamReport,
    Subject,
    SubjectReport,
    WallReport,
)
from tests.tools.measurement.year import year
from tests.tools.measurement.year_shape import Shape

from ...planted import NOW, reading, steady

SUBJECTS: tuple[Subject, ...] = get_args(Subject)
SHAPE = Shape(services=("shop",), changes=200)
ASKED = MetricQuery(begin="2026-01-01", end="2026-03-01")


@pytest.fixture(scope="module")
def told() -> dict[str, SubjectReport]:
    """What a server says of a believable year."""
    history = year(SHAPE)
    place = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
    window = Window(begin=SHAPE.end.replace(year=SHAPE.end.year - 1), end=SHAPE.end)
    question = Question(place=place, window=window)
    printed = numbers_report(numbers(history, question))
    return {
        "stream": StreamReport(
            value_stream=value_stream(history, question),
            waste=waste(history, question),
            cost=cost(history, question, ()),
        ),
        "flow": FlowReport(flow=flow(history, question, ForecastQuestion(items=100, weeks=10))),
        "overlay": OverlayReport(overlay=overlay(history, question), numbers=printed, over="change-lead-time"),
        "wall": WallReport(wall=wall(history, question, SHAPE.end), numbers=printed),
    }


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("width", [80, 100, 200])
def test_it_fits(told: dict[str, SubjectReport], subject: str, width: int) -> None:
    """No line is longer than the terminal, and colours carry nothing that words do not."""
    said = report(told[subject], Paint(colour=True), width)
    assert [line for line in plain(said).split("\n") if len(line) > width] == []
    assert plain(said) == report(told[subject], Paint(colour=False), width)
    assert "\n\n\n" not in said


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_comes_over_the_wire_is_the_same_report(told: dict[str, SubjectReport], subject: str) -> None:
    """The answers as a server prints them, read back, give the very words."""
    here = told[subject]
    again: Any = msgspec.json.decode(msgspec.json.encode(here), type=type(here))
    assert report(again, Paint(colour=False), 100) == report(here, Paint(colour=False), 100)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("stream", ("The way of a change", "▓", "░", "after Coding", "Waiting for", "Sent back", "As GitLab counts")),
        ("flow", ("The oldest in progress", "Done each week", "Cumulative flow", "85 % sure", "Little's law", "Gap")),
        ("overlay", ("Change lead time", "✗", "◆", "explicit: ", "inferred: deployed shortly before")),
        ("wall", ("Throughput", "Stability", "Security", "✓ signed", "✗ wrong: ", "Change fail rate")),
    ],
)
def test_everything_that_the_page_shows_is_said(
    told: dict[str, SubjectReport], subject: str, words: tuple[str, ...]
) -> None:
    """Beginning with the very sentence of the page."""
    said = report(told[subject], Paint(colour=False), 100)
    assert told[subject].sentence.words.split()[0] in said.split("\n")[1]
    assert [word for word in words if word not in said] == []


def test_a_forecast_is_what_was_asked_for(told: dict[str, SubjectReport]) -> None:
    """When a hundred are done, and how many in ten weeks, with the answer's own figures."""
    here = told["flow"]
    assert isinstance(here, FlowReport)
    said = report(here, Paint(colour=False), 100)
    weeks = next(one.value for one in here.flow.forecast.when if one.level == 0.85)
    assert f"85 % sure {weeks} weeks at most, until 100 items are done" in " ".join(said.split())
    assert "at least, in 10 weeks" in said


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_repository_tells_what_tags_can(tmp_path: Path, subject: Subject) -> None:
    """The same report without a server, with where it is from; nobody is charged, and nothing is called well."""
    by = RepositoryAnswers(measured(reading(steady(12), tmp_path), ASKED, NOW), NOW)
    said = report(subject_report(by, SubjectQuestion(subject=subject)), Paint(colour=False), 100)
    assert "Where this is from" in said
    assert "What it costs" not in said
    assert "✓ well" not in said


@pytest.mark.parametrize(("subject", "pictures"), [("stream", 1), ("flow", 4), ("overlay", 1), ("wall", 0)])
def test_one_file_has_the_pictures(told: dict[str, SubjectReport], subject: str, pictures: int) -> None:
    """Those of the page, and nothing from elsewhere; what is a picture there is not drawn with letters."""
    document = page(told[subject])
    assert document.count("<figure") == pictures
    assert told[subject].sentence.words in document
    for outside in ('src="http', "<script", "@import", "url(h", "▁", "░"):
        assert outside not in document
