"""Answers about a subject, from a repository that was read here or from a server: the same records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from andon.tools.measurement.answers.cost import Cost
from andon.tools.measurement.answers.flow import Flow, ForecastQuestion, flow
from andon.tools.measurement.answers.overlay import Overlay, overlay
from andon.tools.measurement.answers.records import NumbersReport
from andon.tools.measurement.answers.repository import MeasuredRepository, repository_report
from andon.tools.measurement.answers.value_stream import ValueStream, value_stream
from andon.tools.measurement.answers.wall import Wall, wall
from andon.tools.measurement.answers.waste import WasteReport, waste
from andon.tools.measurement.model.metric_query import MetricQuery
from andon.tools.measurement.report.about.subjects import (
    FlowReport,
    OverlayReport,
    StreamReport,
    Subject,
    SubjectReport,
    WallReport,
)
from andon.tools.measurement.report.numbers_source import answer, asked_words

if TYPE_CHECKING:
    from andon.console.api import Api

T = TypeVar("T")
#: what deployments are laid over when nobody says
USUAL = "change-lead-time"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectQuestion:
    """What is asked beside the place and the time."""

    subject: Subject
    #: of the forecast
    items: int | None = None
    weeks: int | None = None
    #: the number that happenings are laid over
    over: str = USUAL

    @property
    def forecast(self) -> ForecastQuestion:
        """What is to be forecast."""
        return (
            ForecastQuestion(items=self.items)
            if self.weeks is None
            else ForecastQuestion(items=self.items, weeks=self.weeks)
        )


class SubjectSource(Protocol):
    """Whoever can be asked. Errors of each: AndonError."""

    def stream(self, about: SubjectQuestion) -> StreamReport:
        """The value stream with its waste and its cost."""
        ...

    def flow(self, about: SubjectQuestion) -> FlowReport:
        """What is in progress, and what will be."""
        ...

    def overlay(self, about: SubjectQuestion) -> OverlayReport:
        """What happened when."""
        ...

    def wall(self, about: SubjectQuestion) -> WallReport:
        """Three kinds of numbers side by side."""
        ...


def subject_report(by: SubjectSource, about: SubjectQuestion) -> SubjectReport:
    """The answers about a subject. Errors: AndonError."""
    ask: Mapping[Subject, Callable[[SubjectQuestion], SubjectReport]] = {
        "stream": by.stream,
        "flow": by.flow,
        "overlay": by.overlay,
        "wall": by.wall,
    }
    return ask[about.subject](about)


class RepositoryAnswers:
    """What commits and tags tell."""

    def __init__(self, measured: MeasuredRepository, now: datetime) -> None:
        self._history = measured.reading.history
        self._question = measured.numbers.question
        self._numbers: NumbersReport = repository_report(measured)
        self._now = now

    def stream(self, about: SubjectQuestion) -> StreamReport:
        """Coding, and the wait for a release."""
        history, question = self._history, self._question
        return StreamReport(
            value_stream=value_stream(history, question),
            waste=waste(history, question),
            numbers=self._numbers,
        )

    def flow(self, about: SubjectQuestion) -> FlowReport:
        """What is committed and not released."""
        return FlowReport(flow=flow(self._history, self._question, about.forecast), numbers=self._numbers)

    def overlay(self, about: SubjectQuestion) -> OverlayReport:
        """Releases under a number."""
        return OverlayReport(overlay=overlay(self._history, self._question), numbers=self._numbers, over=about.over)

    def wall(self, about: SubjectQuestion) -> WallReport:
        """Throughput; of the others only what tags tell."""
        return WallReport(wall=wall(self._history, self._question, self._now), numbers=self._numbers)


class ServerAnswers:
    """What a server knows."""

    def __init__(self, api: Api, asking: MetricQuery) -> None:
        self._api = api
        self._asked = asked_words(asking)

    def stream(self, about: SubjectQuestion) -> StreamReport:
        """From three answers about one question."""
        return StreamReport(
            value_stream=self._ask("value-stream", ValueStream),
            waste=self._ask("waste", WasteReport),
            cost=self._ask("cost", Cost),
        )

    def flow(self, about: SubjectQuestion) -> FlowReport:
        """With the forecast that is asked for."""
        return FlowReport(flow=self._ask("flow", Flow, items=about.items, weeks=about.weeks))

    def overlay(self, about: SubjectQuestion) -> OverlayReport:
        """Under a number of the same question."""
        return OverlayReport(overlay=self._ask("overlay", Overlay), numbers=self._numbers(), over=about.over)

    def wall(self, about: SubjectQuestion) -> WallReport:
        """Beside the numbers of the same question."""
        return WallReport(wall=self._ask("wall", Wall), numbers=self._numbers())

    def _numbers(self) -> NumbersReport:
        return self._ask("numbers", NumbersReport)

    def _ask(self, what: str, into: type[T], **more: int | None) -> T:
        return answer(self._api, f"/api/v1/measurement/{what}", {**self._asked, **more}, into)
