"""The value stream of a place: what is done to a change and how long it waits, from its first commit to its users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from andon.kernel.words import plural
from andon.tools.measurement.answers.flow_facts import flow_facts
from andon.tools.measurement.answers.stages import StageTime, stages
from andon.tools.measurement.answers.waste_waiting import waiting
from andon.tools.measurement.model.flow.accuracy import rolled
from andon.tools.measurement.model.flow.change_journeys import ChangeJourneys
from andon.tools.measurement.model.flow.stream import ProcessBox, WaitArrow
from andon.tools.measurement.model.flow.waste import Waste
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question
from andon.tools.measurement.model.numbers.times import Times, times


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueStream:
    """The whole answer."""

    question: Question
    #: from left to right
    boxes: tuple[ProcessBox, ...]
    arrows: tuple[WaitArrow, ...]
    #: from the first commit to the place, by change
    total: Times | None
    #: how much of it something was done, of the changes that leave any trace of it
    work: Times | None
    #: work / total, the median over the same changes as `work`; None when there is none
    efficiency: float | None
    #: "changes", or "commits" where no changes are known
    sample: str
    n: int
    #: the share that goes through every measured box at the first time
    rolled: float | None
    #: the boxes that it is the product of
    rolled_of: tuple[str, ...]
    #: changes that came with one deployment
    batch: float | None
    #: where the time went that nothing was done in, the most first
    waste: tuple[Waste, ...]
    #: the same changes as GitLab counts their stages; of labels that came and went, the time they were on
    stages: tuple[StageTime, ...]
    notes: tuple[str, ...]


def value_stream(history: History, question: Question) -> ValueStream:
    """The stream as it was in the window."""
    here = flow_facts(history, question)
    work, came = here.work, here.came
    boxes, arrows = here.drawn
    seen = [(done, total) for done, total in zip(came.works, came.totals, strict=True) if done]
    batches = Counter(deployment.id for _, deployment in came.brought).values()
    return ValueStream(
        question=question,
        boxes=boxes,
        arrows=arrows,
        total=times(came.totals),
        work=times(done for done, _ in seen),
        efficiency=median(done / total for done, total in seen) if seen else None,
        sample=work.unit,
        n=len(came.totals),
        rolled=rolled(box.accuracy for box in boxes),
        rolled_of=tuple(box.title for box in boxes if box.accuracy is not None),
        batch=median(batches) if batches else None,
        waste=waiting(work, came),
        stages=stages(here),
        notes=_notes(came, boxes),
    )


def _notes(came: ChangeJourneys, boxes: Sequence[ProcessBox]) -> tuple[str, ...]:
    found = [
        "What is sent back is counted where it was noticed, not where it was caused.",
        "Coding is counted from the first commit: what was thought and tried before it leaves no trace.",
    ]
    if unseen := sum(not done for done in came.works):
        left = plural(unseen, "change")
        found.append(f"{left} written and committed at one moment: how long the work on it took is not known.")
    found += [f"{box.title}: {box.says}" for box in boxes if box.says]
    if ("review", "open") in came.stretches:
        found.append(
            "No reviews reported: the time from the last commit, or the proposal, to landing counts as waiting."
        )
    return tuple(found)
