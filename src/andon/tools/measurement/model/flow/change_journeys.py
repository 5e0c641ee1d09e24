"""The changes that came to a place in a window, each with its time cut into work and waiting, and the sums of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from andon.kernel.ids import CommitId
from andon.tools.measurement.model.facts import Change, Deployment, FactId
from andon.tools.measurement.model.flow.artifact_journeys import ArtifactJourneys, ArtifactQuery, carried
from andon.tools.measurement.model.flow.items import Items
from andon.tools.measurement.model.flow.time_slices import TimeSlice, TimeSlices
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Evidence, Window
from andon.tools.measurement.model.numbers.times import Times, times

#: where it was, and why it waited; "" for work
Cause = tuple[str, str]
#: seconds, the item it was, and of how many changes that came together it is true
Stretch = tuple[float, int, int]
#: an item, and what happened to it by itself
Own = tuple[int, dict[Cause, float]]
Key = TypeVar("Key")
#: commits that came in together
Unit = tuple[int, int, int]


@dataclass(slots=True, kw_only=True)
class ChangeJourneys:
    """One entry a change: one that was reported, else a merge, else a commit that was pushed straight to trunk."""

    #: total seconds and seconds of work, by change
    totals: list[float] = field(default_factory=list)
    works: list[float] = field(default_factory=list)
    #: the stretches of work or waiting of the changes that had them
    stretches: dict[Cause, list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    #: all the waiting to get somewhere, of the changes that came by there
    into: dict[str, list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    #: each change by one of its items, and the deployment that brought it
    brought: list[tuple[int, Deployment]] = field(default_factory=list)


def journeys(history: History, work: Items, window: Window) -> ChangeJourneys:
    """Of what was first at the place in the window."""
    units = tuple(_units(work, window))
    by_time = _brought(history, work, frozenset(work.done[item] for item in units))
    known = carried(history, work.way, _wanted(work, units, by_time.values()), work.at)
    passages = {time: known.slices(deployment) for time, deployment in by_time.items()}
    found, written = ChangeJourneys(), _written(work)
    together: dict[float, list[Own]] = defaultdict(list)
    for item in units:
        time = work.done[item]
        found.brought.append((item, by_time[time]))
        alone = own(work, known, item, (*written[_key(work, item)], passages[time].begin))
        if alone.at > passages[time].begin:  # it landed after its run had begun
            _came(found, {}, [(item, _causes([*alone.spans, *passages[time].after(alone.at)]))])
        else:
            together[time].append((item, _causes(alone.spans)))
    for time, owns in together.items():
        _came(found, _causes(passages[time].spans), owns)
    return found


def _brought(history: History, work: Items, times: frozenset[float]) -> dict[float, Deployment]:
    """By its time: the deployment that brought something."""
    found: dict[float, Deployment] = {}
    for one in history.deployments(work.place, work.at):
        if one.outcome == "success" and one.finished_at.timestamp() in times:
            found.setdefault(one.finished_at.timestamp(), one)
    return found


def _wanted(work: Items, units: Sequence[int], deployments: Collection[Deployment]) -> ArtifactQuery:
    commits = {_landed_by(work, item) for item in units} | {one.commit for one in deployments}
    digests = frozenset(one.digest for one in deployments)
    return ArtifactQuery(repositories=tuple(work.repositories), commits=frozenset(commits), digests=digests)


def _landed_by(work: Items, item: int) -> CommitId:
    """The commit by which the change came into trunk."""
    change = change_of(work, item)
    return (change.merge_commit or change.head if change else None) or work.graphs[work.graph[item]].ids[work.by[item]]


def own(work: Items, known: ArtifactJourneys, item: int, times: tuple[float, float, float]) -> TimeSlices:
    """What happened to the change by itself, until the run began from which it was deployed (or the deployment did).

    `times`: when its first commit was written and its last one made, and when that run began.
    """
    first, last, until = times
    change, landed = change_of(work, item), work.reached[0][item]
    if change is not None and change.first_commit_at is not None:
        first = min(first, change.first_commit_at.timestamp())
    slices = TimeSlices(min(first, landed))
    slices.work("coding", min(change.opened_at.timestamp() if change else last, landed))
    if change is not None and change.first_review_at is not None:
        slices.wait("review", "pickup", min(change.first_review_at.timestamp(), landed))
        slices.work("review", landed)
    slices.wait("review", "open", landed)
    run = known.green(work.repositories[work.graph[item]], _landed_by(work, item), until)
    if run is not None and run.finished_at is not None:
        slices.wait("run", "queue", (run.started_at or run.queued_at).timestamp())
        slices.work("run", run.finished_at.timestamp())
    slices.wait(work.way[0].environment if run or not known.runs else "run", "batch", until)
    return slices


def _written(work: Items) -> dict[Unit, tuple[float, float]]:
    """By change: when its first commit was written, and its last one made."""
    found: dict[Unit, tuple[float, float]] = {}
    for item in range(len(work)):
        key = _key(work, item)
        first, last = found.get(key, (work.begun[item], work.begun[item]))
        found[key] = min(first, work.authored(item), work.begun[item]), max(last, work.begun[item])
    return found


def _key(work: Items, item: int) -> Unit:
    """The same for commits that are one change: by the change that is known, else by the merge that brought them."""
    return (work.graph[item], work.by[item], -1) if work.change[item] < 0 else (-1, -1, work.change[item])


def change_of(work: Items, item: int) -> Change | None:
    """By which it landed."""
    return work.changes[work.change[item]] if work.change[item] >= 0 else None


def stretch_times(stretches: Iterable[Stretch]) -> Times | None:
    """Over all changes that had it."""
    seconds: list[float] = []
    for one, _, count in stretches:
        seconds += [one] * count
    return times(seconds)


def row(work: Items, item: int, value: float, why: str) -> Evidence:
    """The change as evidence."""
    change = change_of(work, item)
    at = datetime.fromtimestamp(work.reached[0][item], UTC)
    return Evidence(
        fact=change.id if change else FactId(""),
        name=change.title if change else work.subject(item) or work.id(item)[:10],
        commit=work.id(item),
        at=at,
        value=value,
        why=why,
        link=change.link if change else "",
    )


def _units(work: Items, window: Window) -> Iterator[int]:
    """One item for each change that was done in the window."""
    begin, end = window.begin.timestamp(), work.at.timestamp()
    seen: set[tuple[Unit, float]] = set()
    for item, done in enumerate(work.done):
        if begin <= done < end:
            key = _key(work, item), done
            if key not in seen:
                seen.add(key)
                yield item


def _came(found: ChangeJourneys, shared: Mapping[Cause, float], owns: Sequence[Own]) -> None:
    """Changes that came together: what each did by itself, and what is the same for all of them."""
    _add(found.stretches, shared, owns)
    _add(found.into, _into(shared), [(item, _into(alone)) for item, alone in owns])
    total, work = sum(shared.values()), _worked(shared)
    for _, alone in owns:
        found.totals.append(total + sum(alone.values()))
        found.works.append(work + _worked(alone))


def _add(
    found: dict[Key, list[Stretch]], shared: Mapping[Key, float], owns: Sequence[tuple[int, dict[Key, float]]]
) -> None:
    """One entry for what is the same; one for each change where its own comes on top."""
    left = dict.fromkeys(shared, len(owns))
    for item, alone in owns:
        for key, seconds in alone.items():
            both = seconds
            if key in left:
                left[key] -= 1
                both += shared[key]
            found[key].append((both, item, 1))
    for key, count in left.items():
        if count:
            found[key].append((shared[key], owns[0][0], count))


def _causes(spans: Iterable[TimeSlice]) -> dict[Cause, float]:
    found: dict[Cause, float] = {}
    for where, waiting, seconds in spans:
        found[where, waiting] = found.get((where, waiting), 0.0) + seconds
    return found


def _into(causes: Mapping[Cause, float]) -> dict[str, float]:
    """The waiting by where it led; 0 where there was only work."""
    found: dict[str, float] = {}
    for (where, waiting), seconds in causes.items():
        found[where] = found.get(where, 0.0) + (seconds if waiting else 0.0)
    return found


def _worked(causes: Mapping[Cause, float]) -> float:
    return sum(seconds for (_, waiting), seconds in causes.items() if not waiting)
