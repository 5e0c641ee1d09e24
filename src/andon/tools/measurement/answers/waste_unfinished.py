"""The waste of what is partially done: landed and not there, offered and not taken, proposed and not landed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import nlargest

from andon.kernel.words import duration, plural
from andon.tools.measurement.answers.flow_facts import FlowFacts
from andon.tools.measurement.model.facts import Deployment, Place, PromotionOffer
from andon.tools.measurement.model.flow.change_journeys import row
from andon.tools.measurement.model.flow.cumulative import is_open
from andon.tools.measurement.model.flow.waste import EXAMPLES, Waste
from andon.tools.measurement.model.history import finished
from andon.tools.measurement.model.metric import Evidence
from andon.tools.measurement.model.numbers.rows import deployment_name


def unfinished(here: FlowFacts) -> Iterator[Waste]:
    """What was paid for and serves nobody yet."""
    yield from _landed(here)
    yield from _proposed(here)
    for place in here.work.way:
        yield from _offered(here, place)


def _landed(here: FlowFacts) -> Iterator[Waste]:
    work, now = here.work, here.work.at.timestamp()
    waiting = [(now - landed, item) for item, landed in enumerate(work.reached[0]) if landed <= now < work.done[item]]
    if waiting:
        total, oldest = sum(seconds for seconds, _ in waiting), nlargest(EXAMPLES, waiting)
        where = work.place.environment
        yield Waste(
            kind="partially done",
            title=f"Landed, and not in {where}",
            says=f"{plural(len(waiting), 'commit')} in trunk are not deployed to {where} yet; "
            f"the oldest for {_spoken(oldest[0][0])}.",
            where=where,
            seconds=total,
            n=len(waiting),
            examples=tuple(row(work, item, seconds, "in trunk for so long") for seconds, item in oldest),
        )


def _proposed(here: FlowFacts) -> Iterator[Waste]:
    now = here.work.at
    waiting = [(now - change.opened_at, change) for change in here.work.changes if is_open(change, now)]
    if waiting:
        oldest = nlargest(EXAMPLES, waiting, key=lambda one: one[0])
        yield Waste(
            kind="partially done",
            title="Proposed, and not landed",
            says=f"{plural(len(waiting), 'change')} open; the oldest for {_spoken(oldest[0][0].total_seconds())}.",
            where="review",
            seconds=sum(length.total_seconds() for length, _ in waiting),
            n=len(waiting),
            examples=tuple(
                Evidence(
                    fact=change.id,
                    name=change.title,
                    commit=change.head,
                    at=change.opened_at,
                    value=length.total_seconds(),
                    why="open for so long",
                    link=change.link,
                )
                for length, change in oldest
            ),
        )


def _offered(here: FlowFacts, place: Place) -> Iterator[Waste]:
    """Made ready for a place, and overtaken by a later one, or still waiting."""
    told = here.history.facts(PromotionOffer, place.service)
    offers = [one for one in told if one.place.environment == place.environment and here.window.holds(one.at)]
    taken = [one for one in here.history.deployments(place, here.work.at) if one.outcome == "success"]
    newest = {one.digest: one.finished_at for one in taken}
    left = [
        _left(here, offer, _next(taken, offer.at))
        for offer in offers
        if offer.digest not in newest or newest[offer.digest] <= offer.at
    ]
    if left:
        yield Waste(
            kind="partially done",
            title=f"Offered to {place.environment}, and never taken",
            says=f"{len(left):,} of {plural(len(offers), 'artifact')} that were ready for {place.environment} "
            "were overtaken, or still wait.",
            where=place.environment,
            seconds=sum(one.value or 0.0 for one in left),
            n=len(left),
            examples=tuple(nlargest(EXAMPLES, left, key=lambda one: one.value or 0.0)),
        )


def _left(here: FlowFacts, offer: PromotionOffer, later: Sequence[Deployment]) -> Evidence:
    """An offer that was not taken, with the time until something else was."""
    until = later[0].finished_at if later else here.work.at
    return Evidence(
        fact=offer.id,
        name=offer.digest[:19],
        at=offer.at,
        value=(until - offer.at).total_seconds(),
        why=f"overtaken by {deployment_name(later[0])}" if later else "still waits",
        link=later[0].link if later else "",
    )


def _next(deployments: Sequence[Deployment], after: datetime) -> Sequence[Deployment]:
    first = bisect_right(deployments, after, key=finished)
    return deployments[first : first + 1]


def _spoken(seconds: float) -> str:
    return duration(timedelta(seconds=seconds))
