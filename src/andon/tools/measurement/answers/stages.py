"""The stages of a change as GitLab counts them, beside the value stream: from one event to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from andon.kernel.ids import CommitId
from andon.tools.measurement.answers.flow_facts import FlowFacts
from andon.tools.measurement.model.facts import Change, Run
from andon.tools.measurement.model.flow.change_journeys import change_of, row
from andon.tools.measurement.model.flow.stages import USUAL, Happening, Stage, happened, labelled, time_in
from andon.tools.measurement.model.metric import Evidence
from andon.tools.measurement.model.numbers.times import Times, times

#: of the changes that were longest in it
EXAMPLES = 5
#: that came from one item: what happened to it
Told = Sequence[tuple[int, Sequence[Happening]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """How long changes were in a stage."""

    #: "Code", or a label
    title: str
    #: "from first commit to opened"
    says: str
    times: Times
    examples: tuple[Evidence, ...]


def stages(here: FlowFacts) -> tuple[StageTime, ...]:
    """Of the changes that came to the place in the window; only stages that one of them has passed.

    Where commits are known and no changes, there are no stages: GitLab counts merge requests.
    """
    runs = _runs(here)
    told: dict[int, Sequence[Happening]] = {}
    for item, deployment in here.came.brought:
        change = change_of(here.work, item)
        if change is not None:
            told[item] = happened(change, _tested(change, runs), deployment.finished_at)
    labels = sorted({one.label for happenings in told.values() for one in happenings if one.label})
    wanted = (*USUAL, *map(labelled, labels))
    return tuple(found for stage in wanted for found in _stage(here, stage, tuple(told.items())))


def _stage(here: FlowFacts, stage: Stage, told: Told) -> Iterator[StageTime]:
    took = [(spent.total_seconds(), item) for item, happenings in told if (spent := time_in(stage, happenings))]
    found = times(seconds for seconds, _ in took)
    if found is not None:
        says = f'with the label "{stage.label}"' if stage.label else f"from {stage.begin} to {stage.end}"
        slowest = tuple(row(here.work, item, seconds, says) for seconds, item in nlargest(EXAMPLES, took))
        yield StageTime(title=stage.title, says=says, times=found, examples=slowest)


def _runs(here: FlowFacts) -> Mapping[CommitId, Sequence[Run]]:
    """By commit, of trunk and of branches."""
    found: dict[CommitId, list[Run]] = defaultdict(list)
    for repository in here.work.repositories:
        for run in here.history.facts(Run, repository):
            if run.finished_at and run.finished_at <= here.work.at:
                found[run.commit].append(run)
    return found


def _tested(change: Change, runs: Mapping[CommitId, Sequence[Run]]) -> Sequence[Run]:
    """Those of its own newest commit; where there is none, of the commit by which it landed."""
    found = runs.get(change.head, ()) if change.head else ()
    return found or (runs.get(change.merge_commit, ()) if change.merge_commit else ())
