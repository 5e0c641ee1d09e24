"""The waste between people: hand-offs from one to the next, and several changes in flight in the same hands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from heapq import nlargest
from statistics import fmean

from andon.kernel.words import duration, plural
from andon.tools.measurement.answers.flow_facts import FlowFacts
from andon.tools.measurement.model.facts import Change, Deployment
from andon.tools.measurement.model.flow.change_journeys import change_of, row
from andon.tools.measurement.model.flow.items import Items
from andon.tools.measurement.model.flow.waste import EXAMPLES, Waste
from andon.tools.measurement.model.metric import Evidence

_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelWork:
    """How the changes of all authors overlapped."""

    #: with at least one change in flight, over all authors
    busy: float
    #: with more than one
    several: float
    #: changes that were in flight beside another of the same author: seconds beside, and the change
    beside: tuple[tuple[float, Change], ...]


def between_people(here: FlowFacts) -> Iterator[Waste]:
    """What is lost because somebody else, or another thing, comes next."""
    yield from _hand_offs(here)
    yield from _switching(here)


def _hand_offs(here: FlowFacts) -> Iterator[Waste]:
    passed = [(len(hands(here.work, item, deployment)) - 1, item) for item, deployment in here.came.brought]
    passed = [one for one in passed if one[0] >= 0]
    several = [one for one in passed if one[0] > 0]
    if several:
        mean = fmean(count for count, _ in passed)
        yield Waste(
            kind="hand-offs",
            title="Changes that passed through several hands",
            says=f"{len(several):,} of {plural(len(passed), 'change')} were written, let in or put into "
            f"{here.place.environment} under different names: {mean:.1f} hand-offs a change, if each is somebody else.",
            n=len(several),
            examples=tuple(
                row(here.work, item, count, plural(count, "hand-off")) for count, item in nlargest(EXAMPLES, several)
            ),
        )


def hands(work: Items, item: int, deployment: Deployment) -> list[str]:
    """Who had the change in turn: author, who let it in, who asked for its deployment. Machines do not count.

    Two names are the same person when they have a word in common, for tools call one person by different names. Of a
    commit that no change reports, only git's name is known: whether it is the account that deployed it, nobody knows.
    """
    change = change_of(work, item)
    names = (change.author, change.merged_by, deployment.by) if change else (work.author(item),)
    found: list[str] = []
    for name in names:
        if name and not _is_machine(name) and not (found and _words(name) & _words(found[-1])):
            found.append(name)
    return found


def _is_machine(name: str) -> bool:
    """Programs have a path ("andon/flow") or say that they are one ("renovate[bot]")."""
    return "/" in name or name.endswith("[bot]")


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(name.partition("@")[0].casefold()))


def _switching(here: FlowFacts) -> Iterator[Waste]:
    found = juggled(here.work.changes, here.window.begin.timestamp(), here.window.end.timestamp())
    if found.several:
        share = found.several / found.busy
        longest = nlargest(EXAMPLES, found.beside, key=lambda one: one[0])
        yield Waste(
            kind="task switching",
            title="Several changes in the same hands",
            says=f"In {share * 100:.0f} % of the time in which somebody had a change in flight, it was more than one.",
            seconds=found.several,
            n=len(found.beside),
            examples=tuple(_beside(change, seconds) for seconds, change in longest),
        )


def juggled(changes: Iterable[Change], begin: float, end: float) -> ParallelWork:
    """From the first commit (or the proposal) until it landed or was given up; of authors that are known."""
    flights: dict[str, list[tuple[float, float, Change]]] = defaultdict(list)
    for change in changes:
        first, last = _flight(change, end)
        if change.author and not _is_machine(change.author) and max(first, begin) < min(last, end):
            flights[change.author].append((max(first, begin), min(last, end), change))
    found = [_overlaps(sorted(own, key=lambda one: one[:2])) for own in flights.values()]
    return ParallelWork(
        busy=sum(one.busy for one in found),
        several=sum(one.several for one in found),
        beside=tuple(pair for one in found for pair in one.beside),
    )


def _flight(change: Change, end: float) -> tuple[float, float]:
    over = change.merged_at or change.abandoned_at
    first = min(change.first_commit_at or change.opened_at, change.opened_at)
    return first.timestamp(), over.timestamp() if over else end


def _overlaps(flights: list[tuple[float, float, Change]]) -> ParallelWork:
    """Of one author, by going along the time; each change is held against all the others together."""
    busy = several = 0.0
    once = twice = float("-inf")  # until when at least one, and at least two, have been in flight
    beside: list[tuple[float, Change]] = []
    for first, last, change in flights:
        second = min(last, once)
        overlap = max(second - max(first, twice), 0.0)
        busy += max(last - max(first, once), 0.0)
        several += overlap
        if second > first:
            beside.append((second - first, change))
        twice, once = max(twice, second), max(once, last)
    return ParallelWork(busy=busy, several=several, beside=tuple(beside))


def _beside(change: Change, seconds: float) -> Evidence:
    why = f"{change.author} had another one in flight for {duration(timedelta(seconds=seconds))} of it"
    return Evidence(
        fact=change.id,
        name=change.title,
        commit=change.head,
        at=change.opened_at,
        value=seconds,
        why=why,
        link=change.link,
    )
