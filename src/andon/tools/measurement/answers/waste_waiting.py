"""The waste of waiting: for each reason how much of the changes' time went into it, the most first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from heapq import nlargest

from andon.kernel.words import duration
from andon.tools.measurement.model.flow.change_journeys import Cause, ChangeJourneys, Stretch, row, stretch_times
from andon.tools.measurement.model.flow.items import Items
from andon.tools.measurement.model.flow.time_slices import WAITING
from andon.tools.measurement.model.flow.waste import EXAMPLES, Waste

WHERE = {"review": "a review", "run": "the run", "publish": "the artifact"}


def waiting(work: Items, came: ChangeJourneys) -> tuple[Waste, ...]:
    """One for each place and reason."""
    total = sum(came.totals)
    found = [_waste(work, cause, stretches, total) for cause, stretches in came.stretches.items() if cause[1]]
    return tuple(sorted(found, key=lambda one: -(one.seconds or 0)))


def _waste(work: Items, cause: Cause, stretches: Sequence[Stretch], total: float) -> Waste:
    where, kind = cause
    seconds = sum(one * count for one, _, count in stretches)
    took, says, place = stretch_times(stretches), WAITING[kind], WHERE.get(where, where)
    median, p85 = (duration(timedelta(seconds=one)) for one in ((took.median, took.p85) if took else (0, 0)))
    return Waste(
        kind="waiting",
        title=f"Waiting for {place}",
        says=f"{says[0].upper()}{says[1:]}: {median} (median), {p85} (p85); "
        f"{seconds / total * 100:.0f} % of all the time of these changes.",
        where=where,
        seconds=seconds,
        share=seconds / total,
        n=sum(count for _, _, count in stretches),
        examples=tuple(row(work, item, one, says) for one, item, _ in nlargest(EXAMPLES, stretches)),
    )
