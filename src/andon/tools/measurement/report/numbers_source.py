"""Whoever can be asked for numbers and for the evidence behind them: a repository read here, or a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from andon.kernel.errors import NotFound, PortError
from andon.tools.measurement.answers.records import MetricEvidence, MetricSummary, NumbersReport, metric_summary
from andon.tools.measurement.model.metric import Evidence
from andon.tools.measurement.model.metric_query import MetricQuery

if TYPE_CHECKING:
    from andon.console.api import Api, Query
    from andon.tools.measurement.answers.repository import MeasuredRepository

T = TypeVar("T")
#: rows in one answer of a server
_PAGE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePart:
    """Rows that were counted, or were left out for one reason; made while they are read, and only once."""

    #: "" for what was counted
    reason: str
    total: int
    rows: Iterator[Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllEvidence:
    """A metric and every row behind it."""

    metric: MetricSummary
    parts: Iterator[EvidencePart]


class NumbersSource(Protocol):
    """Numbers with their evidence."""

    def reports(self) -> Sequence[NumbersReport]:
        """One for each service that is meant, at least one. Errors: AndonError."""
        ...

    def evidence(self, metric: str, service: str = "", environment: str = "") -> AllEvidence:
        """What is behind one metric of a service. Errors: Invalid for an unknown metric."""
        ...


class RepositoryNumbers:
    """Of a repository that was read here."""

    def __init__(self, measured: MeasuredRepository) -> None:
        self._measured = measured

    def reports(self) -> Sequence[NumbersReport]:
        """The one report."""
        from andon.tools.measurement.answers.repository import repository_report

        return [repository_report(self._measured)]

    def evidence(self, metric: str, service: str = "", environment: str = "") -> AllEvidence:
        """As the numbers have it."""
        from andon.tools.measurement.answers.repository import one_of

        found = one_of(self._measured, metric)
        parts = (
            EvidencePart(reason=reason, total=len(rows), rows=iter(rows))
            for reason, rows in (("", found.counted), *((one.reason, one.rows) for one in found.excluded))
        )
        return AllEvidence(metric=metric_summary(found), parts=parts)


class ServerNumbers:
    """Of what a server knows."""

    def __init__(self, api: Api, asking: MetricQuery) -> None:
        self._api = api
        #: asked for once
        self._found: Sequence[NumbersReport] | None = None
        self._asked = asked_words(asking)

    def reports(self) -> Sequence[NumbersReport]:
        """One for each service in the environment."""
        if self._found is None:
            self._found = answer(self._api, "/api/v1/measurement/overview", self._asked, list[NumbersReport])
        if not self._found:
            raise NotFound(
                "Nothing was deployed there yet, so there is nothing to measure. Deploy something, or import what you"
                " have (andon import --help), or measure the tags of a repository: andon measure PATH"
            )
        return self._found

    def evidence(self, metric: str, service: str = "", environment: str = "") -> AllEvidence:
        """Page by page."""
        named = {"service": service, "environment": environment}
        asked = {**self._asked, **{name: value for name, value in named.items() if value}}
        pages = _Pages(self._api, metric, asked)
        first = pages.page(0, 1)
        return AllEvidence(metric=first.metric, parts=pages.parts(first))


@dataclass(frozen=True, slots=True)
class _Pages:
    """The evidence of one number, as a server gives it."""

    api: Api
    metric: str
    asked: Query

    def parts(self, first: MetricEvidence) -> Iterator[EvidencePart]:
        """What counted, then what was left out, by reason."""
        for number, reason in enumerate(["", *(one.reason for one in first.metric.excluded)]):
            page = first if number == 0 else self.page(number, 1)
            yield EvidencePart(reason=reason, total=page.evidence.total, rows=self.rows(number, page))

    def rows(self, number: int, page: MetricEvidence) -> Iterator[Evidence]:
        """All rows of a part, from its first page on."""
        while True:
            yield from page.evidence.rows
            if page.evidence.next is None:
                return
            page = self.page(number, page.evidence.next)

    def page(self, excluded: int, first: int) -> MetricEvidence:
        """One answer."""
        from urllib.parse import quote

        query = {**self.asked, "excluded": excluded, "first": first, "most": _PAGE}
        return answer(self.api, f"/api/v1/measurement/evidence/{quote(self.metric, safe='')}", query, MetricEvidence)


def asked_words(asking: MetricQuery) -> Query:
    """What is asked, in the words of an address."""
    words = {
        "service": asking.service,
        "environment": asking.environment,
        "from": asking.begin,
        "to": asking.end,
        "as": asking.definition,
        "as_of": asking.as_of,
    }
    return {name: value for name, value in words.items() if value}


def answer(api: Api, path: str, query: Query, into: type[T]) -> T:
    """What the server says; whoever has none may have meant the repository here. Errors: AndonError."""
    try:
        return api.get(path, query=query, into=into)
    except PortError as error:
        raise PortError(f"{error}\n  Or measure the repository here, without a server: andon measure .") from None
