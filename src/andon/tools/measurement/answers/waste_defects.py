"""The waste of defects: red runs, the time that trunk was red, and deployments that failed or had to be mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest

from andon.kernel.ids import RepositoryName
from andon.kernel.words import duration, plural
from andon.tools.measurement.answers.flow_facts import FlowFacts
from andon.tools.measurement.model.facts import Run
from andon.tools.measurement.model.flow.accuracy import of_place
from andon.tools.measurement.model.flow.waste import EXAMPLES, Waste
from andon.tools.measurement.model.metric import Evidence, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class RedTrunk:
    """A time in which a trunk was red."""

    begin: datetime
    end: datetime
    #: the run that turned it
    run: Run
    #: False while it lasts
    over: bool


def defects(here: FlowFacts) -> Iterator[Waste]:
    """What had to be done again."""
    yield from _red_runs(here)
    yield from _red_trunk(here)
    for place, case in here.cases.items():
        found = of_place(case)
        if found is not None and found.sent_back:
            yield Waste(
                kind="defects",
                title=f"Sent back from {place.environment}",
                says=f"{found.sent_back:,} of {plural(found.n, 'deployment')} failed or had to be mended.",
                where=place.environment,
                n=found.sent_back,
                examples=found.examples[:EXAMPLES],
            )


def _red_runs(here: FlowFacts) -> Iterator[Waste]:
    red = [run for run in here.runs if run.outcome in {"failure", "error"}]
    if red:
        lost = sum((_length(run) for run in red), timedelta())
        yield Waste(
            kind="defects",
            title="Red runs",
            says=f"{len(red):,} of {plural(len(here.runs), 'run')} on trunk ended red, after {duration(lost)} of work "
            "that gave nothing but the news.",
            where="run",
            seconds=lost.total_seconds(),
            n=len(red),
            examples=tuple(
                _row(run, _length(run), f"ended in {run.outcome}") for run in nlargest(EXAMPLES, red, key=_length)
            ),
        )


def _red_trunk(here: FlowFacts) -> Iterator[Waste]:
    times = red_times(here.runs, here.window)
    if times:
        whole = sum((one.end - one.begin for one in times), timedelta())
        longest = nlargest(EXAMPLES, times, key=lambda one: one.end - one.begin)
        share = whole.total_seconds() / (here.window.days * 86400)
        yield Waste(
            kind="defects",
            title="Trunk was red",
            says=f"Trunk was red {plural(len(times), 'time')}, {duration(whole)} in all: "
            f"{share * 100:.1f} % of the time.",
            where="run",
            seconds=whole.total_seconds(),
            n=len(times),
            examples=tuple(
                _row(one.run, one.end - one.begin, "red for so long" if one.over else "red since then")
                for one in longest
            ),
        )


def red_times(runs: Sequence[Run], window: Window) -> list[RedTrunk]:
    """From a run that failed until one of the same or of a later commit was green, trunk by trunk."""
    found: list[RedTrunk] = []
    for trunk in _trunks(runs).values():
        turned: Run | None = None
        for run in sorted(trunk, key=lambda run: run.finished_at or window.end):
            if run.outcome == "failure":
                turned = turned or run
            elif run.outcome == "success" and turned is not None and run.queued_at >= turned.queued_at:
                found.append(_red(turned, run.finished_at, window))
                turned = None
        if turned is not None:
            found.append(_red(turned, None, window))
    return found


def _red(turned: Run, green: datetime | None, window: Window) -> RedTrunk:
    begin = turned.finished_at or turned.queued_at
    return RedTrunk(begin=begin, end=max(green or window.end, begin), run=turned, over=green is not None)


def _trunks(runs: Sequence[Run]) -> dict[tuple[RepositoryName, str], list[Run]]:
    """By repository and pipeline."""
    found: dict[tuple[RepositoryName, str], list[Run]] = defaultdict(list)
    for run in runs:
        found[run.repository, run.pipeline].append(run)
    return found


def _length(run: Run) -> timedelta:
    return run.finished_at - run.started_at if run.finished_at and run.started_at else timedelta()


def _row(run: Run, length: timedelta, why: str) -> Evidence:
    at, seconds = run.finished_at or run.queued_at, length.total_seconds()
    name = f"run of {run.commit[:10]}"
    return Evidence(fact=run.id, name=name, commit=run.commit, at=at, value=seconds, why=why, link=run.link)
