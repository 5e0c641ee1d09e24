"""Whoever can be asked for numbers and for the evidence behind them: a repository read here, or a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from andon.kernel.errors import NotFound, PortError
from andon.tools.measurement.model.asking import Asking

if TYPE_CHECKING:
    from andon.console.api import Api, Query
    from andon.tools.measurement.answers.repository import MeasuredRepository
    from andon.tools.measurement.model.metric import Evidence

Json = dict[str, Any]
T = TypeVar("T")
#: rows in one answer of a server
_PAGE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows that were counted, or were left out for one reason; made while they are read, and only once."""

    #: "" for what was counted
    reason: str
    total: int
    rows: Iterator[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricEvidence:
    """A number and what is behind it."""

    metric: Json
    parts: Iterator[Part]


class Source(Protocol):
    """Answers as printed JSON."""

    def reports(self) -> Sequence[Json]:
        """One for each service that is meant, at least one. Errors: AndonError."""
        ...

    def evidence(self, metric: str, service: str = "", environment: str = "") -> MetricEvidence:
        """What is behind one number of a service. Errors: Invalid for a number that nobody knows."""
        ...


class OfRepository:
    """A repository that was read here."""

    def __init__(self, measured: MeasuredRepository) -> None:
        self._measured = measured

    def reports(self) -> Sequence[Json]:
        """The one report."""
        from andon.tools.measurement.answers.repository import measured_json

        return [measured_json(self._measured)]

    def evidence(self, metric: str, service: str = "", environment: str = "") -> MetricEvidence:
        """As the numbers have it."""
        from andon.tools.measurement.answers.printed import metric_json
        from andon.tools.measurement.answers.repository import one_of

        found = one_of(self._measured, metric)
        parts = (
            Part(reason=reason, total=len(rows), rows=_printed(rows))
            for reason, rows in (("", found.counted), *((one.reason, one.rows) for one in found.excluded))
        )
        return MetricEvidence(metric=metric_json(found), parts=parts)


class OfServer:
    """What a server knows."""

    def __init__(self, api: Api, asking: Asking) -> None:
        self._api = api
        #: asked for once
        self._found: Sequence[Json] | None = None
        self._asked = asked_words(asking)

    def reports(self) -> Sequence[Json]:
        """One for each service in the environment."""
        if self._found is None:
            self._found = answer(self._api, "/api/v1/measurement/overview", self._asked, list)
        if not self._found:
            raise NotFound(
                "Nothing was deployed there yet, so there is nothing to measure. Deploy something, or import what you"
                " have (andon import --help), or measure the tags of a repository: andon measure PATH"
            )
        return self._found

    def evidence(self, metric: str, service: str = "", environment: str = "") -> MetricEvidence:
        """Page by page."""
        named = {"service": service, "environment": environment}
        asked = {**self._asked, **{name: value for name, value in named.items() if value}}
        pages = _Pages(self._api, metric, asked)
        first = pages.page(0, 1)
        return MetricEvidence(metric=first["metric"], parts=pages.parts(first))


@dataclass(frozen=True, slots=True)
class _Pages:
    """The evidence of one number, as a server gives it."""

    api: Api
    metric: str
    asked: Query

    def parts(self, first: Json) -> Iterator[Part]:
        """What counted, then what was left out, by reason."""
        for number, reason in enumerate(["", *(one["reason"] for one in first["metric"]["excluded"])]):
            page = first if number == 0 else self.page(number, 1)
            yield Part(reason=reason, total=page["evidence"]["total"], rows=self.rows(number, page))

    def rows(self, number: int, page: Json) -> Iterator[Json]:
        """All rows of a part, from its first page on."""
        while True:
            yield from page["evidence"]["rows"]
            following = page["evidence"]["next"]
            if following is None:
                return
            page = self.page(number, following)

    def page(self, excluded: int, first: int) -> Json:
        """One answer."""
        from urllib.parse import quote

        query = {**self.asked, "excluded": excluded, "first": first, "most": _PAGE}
        return answer(self.api, f"/api/v1/measurement/evidence/{quote(self.metric, safe='')}", query, dict)


def asked_words(asking: Asking) -> Query:
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


def _printed(rows: Sequence[Evidence]) -> Iterator[Json]:
    from andon.tools.measurement.answers.printed import row_json

    return map(row_json, rows)
