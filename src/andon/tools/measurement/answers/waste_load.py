"""Overburden (muri) and unevenness (mura), as far as counts show them: more begun than done, and work in bursts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import nlargest
from statistics import fmean, pstdev

from andon.kernel.words import plural
from andon.tools.measurement.answers.flow_facts import FlowFacts
from andon.tools.measurement.model.facts import FactId
from andon.tools.measurement.model.flow.change_journeys import row
from andon.tools.measurement.model.flow.cumulative import Week, weeks
from andon.tools.measurement.model.flow.landings import NEVER
from andon.tools.measurement.model.flow.waste import EXAMPLES, Waste
from andon.tools.measurement.model.metric import Evidence

#: a variation from fewer weeks says nothing
LEAST = 4
#: standard deviation over mean: even work lies well below, what comes by chance one by one about at 1 / sqrt(mean)
UNEVEN = 0.5


def load(here: FlowFacts) -> Iterator[Waste]:
    """What strains people and machines without showing in any single change."""
    seen = weeks(here.work, here.question.window)
    yield from _overburden(here, seen)
    yield from _unevenness([(week.begin, week.landed) for week in seen], "landed")
    yield from _unevenness([(week.begin, week.done) for week in seen], "done")


def _overburden(here: FlowFacts, seen: Sequence[Week]) -> Iterator[Waste]:
    """More landed than came to the place, or more in progress than the weeks can take."""
    now, work = here.work.at.timestamp(), here.work
    waiting = [
        (now - landed, item)
        for item, (landed, done) in enumerate(zip(work.reached[0], work.done, strict=True))
        if landed <= now and done == NEVER
    ]
    in_progress = len(waiting)
    done = fmean(week.done for week in seen) if seen else 0.0
    landed = fmean(week.landed for week in seen) if seen else 0.0
    if in_progress and in_progress > done:
        weeks_left = f"{in_progress / done:.1f} weeks" if done else "no end in sight"
        yield Waste(
            kind="overburden",
            title="More is in progress than a week gets done",
            says=f"{plural(in_progress, 'commit')} in progress; a week brings {landed:.1f} and finishes {done:.1f}: "
            f"{weeks_left} of work.",
            n=in_progress,
            examples=tuple(
                row(work, item, seconds, "in trunk for so long") for seconds, item in nlargest(EXAMPLES, waiting)
            ),
        )


def _unevenness(by_week: Sequence[tuple[datetime, int]], what: str) -> Iterator[Waste]:
    counts = [count for _, count in by_week]
    if len(counts) < LEAST or not any(counts):
        return
    mean, deviation = fmean(counts), pstdev(counts)
    if deviation / mean > UNEVEN:
        far = nlargest(EXAMPLES, by_week, key=lambda week: abs(week[1] - mean))
        yield Waste(
            kind="unevenness",
            title=f"Commits are {what} in bursts",
            says=f"{mean:.1f} a week on the average, but between {min(counts):,} and {max(counts):,}: "
            f"variation {deviation / mean:.2f} (even work stays below {UNEVEN}).",
            n=len(counts),
            examples=tuple(_week(begin, count, what) for begin, count in far),
        )


def _week(begin: datetime, count: int, what: str) -> Evidence:
    name = f"seven days from {begin:%Y-%m-%d}"
    return Evidence(fact=FactId(""), name=name, at=begin, value=count, why=f"{plural(count, 'commit')} {what}")
