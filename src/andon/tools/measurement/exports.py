"""The rows of every table, as the server knows them now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec

from andon.kernel.envelope import Entry
from andon.kernel.errors import NotFound
from andon.kernel.ids import RepositoryName
from andon.kernel.redaction import without_secrets
from andon.ledger.ledger import Ledger
from andon.standards.shapes import did_you_mean
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Flip,
    Incident,
    Labelled,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
    TaskTime,
)
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.series import SeriesName
from andon.tools.measurement.model.tables import fact_tables as tables
from andon.tools.measurement.model.tables.other_tables import BY_NAME, IMPROVEMENTS, LEDGER, PRICES, PULSE, SERIES
from andon.tools.measurement.model.tables.table import FactTable, Row
from andon.tools.measurement.people import Improvements, PriceList, PricesSince, Pulses
from andon.tools.measurement.ports import SeriesStore
from andon.tools.measurement.views import Measured

PIECE = 1000  #: rows in one piece
ENTRIES = 100  #: entries of the ledger that are read at once; one that holds many facts is large

_TOLD: dict[str, type[Any]] = {
    tables.INCIDENTS.name: Incident,
    tables.CHANGES.name: Change,
    tables.RUNS.name: Run,
    tables.PUBLICATIONS.name: Publication,
    tables.OFFERS.name: PromotionOffer,
    tables.FLIPS.name: Flip,
    tables.FINDINGS.name: SecurityFinding,
    tables.REFUSALS.name: RuleRefusal,
}


@dataclass(frozen=True, slots=True)
class _TaskOfRun:
    run: Run
    task: TaskTime


@dataclass(frozen=True, slots=True)
class _LabelOfChange:
    change: Change
    labelled: Labelled


def table_named(name: str) -> FactTable:
    """The table. Errors: NotFound."""
    if name not in BY_NAME:
        raise NotFound(f'There is no table "{name[:80]}". {did_you_mean(name, BY_NAME) or "See them at /data."}')
    return BY_NAME[name]


def fact_rows(table: FactTable, history: History) -> Iterator[Row]:
    """The rows of a table of facts, as they were reported."""
    return table.rows(_facts(table, history))


def _facts(table: FactTable, history: History) -> Iterable[object]:
    if table is tables.COMMITS:
        return (commit for name in history.repositories() for commit in _commits(name, history.graph(name)))
    if table is tables.DEPLOYMENTS:
        return (deployment for place in history.places() for deployment in tuple(history.deployments(place)))
    if table is tables.TASKS:
        return (_TaskOfRun(run, task) for run in history.facts(Run) for task in run.tasks)
    if table is tables.LABELS:
        return (_LabelOfChange(change, one) for change in history.facts(Change) for one in change.labels)
    return history.facts(_TOLD[table.name])


def _commits(repository: RepositoryName, graph: CommitGraph) -> Iterator[Commit]:
    """Those that were reported, in the order in which they became known."""
    for number in range(len(graph)):
        if graph.is_told(number):
            yield Commit(
                repository=repository,
                id=graph.ids[number],
                parents=tuple(graph.ids[parent] for parent in graph.parents[number]),
                committed_at=datetime.fromtimestamp(graph.committed[number], UTC),
                authored_at=datetime.fromtimestamp(graph.authored[number], UTC),
                author=graph.authors[number],
                subject=graph.subjects[number],
            )


def _reported_commits(graph: CommitGraph) -> int:
    return sum(map(graph.is_told, range(len(graph))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSources:
    """Where the rows come from."""

    ledger: Ledger
    series: SeriesStore
    measured: Measured
    improvements: Improvements
    pulses: Pulses
    price_list: PriceList


class Exports:
    """Every table of the server."""

    def __init__(self, export_sources: ExportSources) -> None:
        self._of = export_sources

    def counts(self) -> dict[str, int]:
        """How many rows there are, of the tables whose rows are in memory."""
        history = self._of.measured.history
        return {
            tables.COMMITS.name: sum(_reported_commits(history.graph(name)) for name in history.repositories()),
            tables.DEPLOYMENTS.name: sum(len(history.deployments(place)) for place in history.places()),
            **{name: len(history.facts(kind)) for name, kind in _TOLD.items()},
            tables.TASKS.name: sum(len(run.tasks) for run in history.facts(Run)),
            tables.LABELS.name: sum(len(change.labels) for change in history.facts(Change)),
            PRICES.name: sum(1 + len(one.prices.environments) for one in self._of.price_list.declared),
            IMPROVEMENTS.name: len(self._of.improvements.all()),
            PULSE.name: len(self._of.pulses.weeks()),
        }

    async def rows(self, table: FactTable) -> AsyncIterator[list[Row]]:
        """In pieces; what is reported while they are read may or may not be among them."""
        if table is LEDGER:
            async for piece in self._entries():
                yield piece
            return
        if table is SERIES:
            async for piece in self._points():
                yield piece
            return
        piece = []
        for row in self._known(table):
            piece.append(row)
            if len(piece) == PIECE:
                yield piece
                piece = []
        yield piece

    def _known(self, table: FactTable) -> Iterator[Row]:
        if table is IMPROVEMENTS:
            return table.rows(self._of.improvements.all())
        if table is PULSE:
            return table.rows(self._of.pulses.weeks())
        if table is PRICES:
            return (row for declared in self._of.price_list.declared for row in _prices(declared))
        return fact_rows(table, self._of.measured.history)

    async def _points(self) -> AsyncIterator[list[Row]]:
        series = self._of.series
        for one in await asyncio.to_thread(series.names):
            for begin, end in _spans(one):
                points = await asyncio.to_thread(series.points, one.name, begin, end, one.points)
                yield list(SERIES.rows(points))

    async def _entries(self) -> AsyncIterator[list[Row]]:
        last = 0
        while entries := await self._of.ledger.read(after=last, limit=ENTRIES):
            last = entries[-1].position
            yield [_entry(entry) for entry in entries]


def _spans(one: SeriesName) -> Iterator[tuple[datetime, datetime]]:
    """Its time in parts that hold about a piece each."""
    parts = -(-one.points // PIECE)
    end = one.end + timedelta(microseconds=1)
    cuts = [one.begin + (end - one.begin) * part / parts for part in range(parts)]
    yield from pairwise((*cuts, end))


def _prices(declared: PricesSince) -> Iterator[Row]:
    prices = declared.prices
    yield declared.since, declared.by, prices.currency, "", prices.per_run_minute
    for each in prices.environments:
        yield declared.since, declared.by, prices.currency, each.environment, each.per_hour


def _entry(entry: Entry) -> Row:
    (row,) = LEDGER.rows([entry])
    data = msgspec.json.encode(without_secrets(msgspec.json.decode(entry.data))).decode()
    return (*row[:-1], data)
