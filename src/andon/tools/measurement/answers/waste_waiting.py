"""The waste of waiting: for each reason how much of the changes' time went into it, the most first."""

from __future__ import annotations

from datetime import timedelta
from heapq import nlargest

from andon.tools.measurement.model.items import Items
from andon.tools.measurement.model.journeys import Cause, Journeys, row
from andon.tools.measurement.model.passage import WAITING
from andon.tools.measurement.model.times import times
from andon.tools.measurement.model.waste import EXAMPLES, Waste
from andon.web.words import duration

WHERE = {"review": "a review", "run": "the run", "publish": "the artifact"}


def waiting(work: Items, came: Journeys) -> tuple[Waste, ...]:
    """One for each place and reason."""
    total = sum(came.totals)
    found = [_waste(work, came, cause, total) for cause in came.sums if cause[1]]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: -(one.seconds or 0)))


def _waste(work: Items, came: Journeys, cause: Cause, total: float) -> Waste | None:
    where, kind = cause
    seconds = came.sums[cause]
    spent = times(stretch[0] for stretch in came.stretches.get(cause, ()))
    if spent is None or not seconds:
        return None
    says = WAITING[kind]
    place = WHERE.get(where, where)
    median, p85 = (duration(timedelta(seconds=one)) for one in (spent.median, spent.p85))
    return Waste(
        kind="waiting",
        title=f"Waiting for {place}",
        says=f"{says[0].upper()}{says[1:]}: {median} (median), {p85} (p85); "
        f"{seconds / total:.0%} of all the time of these changes.",
        where=where,
        seconds=seconds,
        share=seconds / total,
        n=spent.n,
        examples=tuple(row(work, one, says) for one in nlargest(EXAMPLES, came.stretches[cause])),
    )
