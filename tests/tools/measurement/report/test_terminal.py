"""The report as lines: it fits, it begins with the numbers, and colours carry nothing that words do not."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from andon.console.paint import Paint, plain
from andon.tools.measurement.answers.records import NumbersReport
from andon.tools.measurement.answers.repository import measured, repository_report
from andon.tools.measurement.model.metric_query import MetricQuery
from andon.tools.measurement.report.evidence import evidence
from andon.tools.measurement.report.numbers_source import RepositoryNumbers
from andon.tools.measurement.report.terminal import report

from ..planted import NOW, at, reading, steady

ASKED = MetricQuery(begin="2026-01-01", end="2026-03-01")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RepositoryNumbers:
    """A repository with a little of everything."""
    history = steady(12)
    history.commit("side", "c11", at=at(12), message=b"A subject that is longer than any line of a terminal " * 4)
    history.tag("v2.0", "side", at(13))
    history.tag("v2.1", "side", at(14))
    history.tag("v2.2-rc1", "side", at(14))
    history.branch("main", "c11")
    return RepositoryNumbers(measured(reading(history, tmp_path_factory.mktemp("report")), ASKED, NOW))


def it(source: RepositoryNumbers) -> NumbersReport:
    return source.reports()[0]


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_it_fits(source: RepositoryNumbers, width: int) -> None:
    """No line is longer than the terminal, but for words that cannot be cut."""
    lines = report(it(source), Paint(colour=True), width).split("\n")
    assert [line for line in lines if len(plain(line)) > width and len(line.split()) > 3] == []
    for line in evidence(source.evidence("change-lead-time"), Paint(colour=True), width):
        assert all(len(plain(one)) <= width for one in line.split("\n"))


def test_colour_carries_nothing(source: RepositoryNumbers) -> None:
    """Without it the words are the same."""
    assert plain(report(it(source), Paint(colour=True), 80)) == report(it(source), Paint(colour=False), 80)


def test_what_is_unusual_is_said_with_its_numbers(source: RepositoryNumbers) -> None:
    """And which tags were not taken."""
    said = report(it(source), Paint(colour=False), 200)
    for words in (
        "1 of 14 releases is of the very commit",
        "2 of 14 releases are of a commit that the trunk",
        "v2.2-rc1",
    ):
        assert words in said
    assert "\n\n\n" not in said
    assert "\0" not in said


def test_parallel_lines_are_listed(tmp_path: Path) -> None:
    """With how many releases each has."""
    history = steady(4)
    history.branch("main", "c3")
    before = "c1"
    for patch in range(3):
        before = history.commit(f"p{patch}", before, at=at(4 + patch))
        history.tag(f"v0.9.{patch}", before, at(4.5 + patch))
    said = report(it(RepositoryNumbers(measured(reading(history, tmp_path), ASKED, NOW))), Paint(colour=False), 100)
    assert "Lines of releases side by side" in said
    assert "0.9     3 releases  v0.9.0 to v0.9.2, last on 2026-01-07" in said


def test_the_json_is_the_report(source: RepositoryNumbers, tmp_path: Path) -> None:
    """Reading it back gives the very report."""
    printed = msgspec.json.encode(repository_report(measured(reading(steady(3), tmp_path), ASKED, NOW)))
    assert report(msgspec.json.decode(printed, type=NumbersReport), Paint(colour=False), 80).startswith(
        "shop in production · 2026-01-01 to 2026-02-28"
    )
    assert it(source).metrics[0].id == "change-lead-time"
