"""The wall: throughput, stability and security of the same deployments, side by side."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile
from operator import attrgetter

from litestar import Response, get
from litestar.di import NamedDependency

from andon.tools.measurement.answers.numbers import numbers
from andon.tools.measurement.answers.remembered import Remembered
from andon.tools.measurement.answers.wall import Wall, wall
from andon.tools.measurement.pages.choosing import Chosen, chosen, nothing, settled
from andon.tools.measurement.pages.wording import metric_of
from andon.tools.measurement.views import Measured
from andon.web.charts.units import brief
from andon.web.pages import Asked, Pages
from andon.web.words import plural

THROUGHPUT = ("deployment-frequency", "change-lead-time")
STABILITY = ("change-fail-rate", "failed-deployment-recovery-time", "deployment-rework-rate")


@get("/wall", sync_to_thread=False, include_in_schema=False)
def wall_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    remembered: NamedDependency[Remembered],
) -> Response[str]:
    """Throughput, stability and security of the same deployments, side by side."""
    choice = settled(chosen(asked, measured, pages.now), measured.history)
    if choice.place is None:
        return nothing(pages, asked, choice)
    question, history = choice.question, measured.history
    now = next_minute(pages.now)
    found = remembered.answer(history, ("wall", question, now), lambda: wall(history, question, now))
    known = numbers(history, question)
    failed = {row.fact: row.why for row in takewhile(attrgetter("value"), metric_of(known, "change-fail-rate").counted)}
    return pages.show(
        "measurement/wall.html",
        asked,
        chosen=choice,
        wall=found,
        throughput=tuple(metric_of(known, id_) for id_ in THROUGHPUT),
        stability=tuple(metric_of(known, id_) for id_ in STABILITY),
        failed=failed,
        colour=_wall_colour(found),
        sentence=_wall_sentence(found, choice),
    )


def next_minute(now: datetime) -> datetime:
    """Up to when the wall knows: the same for a minute, so that an answer can be kept, and past all that happened."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _wall_colour(found: Wall) -> str:
    if found.runs is None:
        return "grey"
    unproven = found.security.published - found.security.proven
    severe = any(one.severity in {"high", "critical"} for one in found.security.open_findings)
    return "amber" if unproven or severe else "green"


def _wall_sentence(found: Wall, choice: Chosen) -> str:
    if found.runs is None or found.runs_since_seconds is None:
        return f"Nothing runs in {choice.environment} yet."
    since = brief(found.runs_since_seconds, "seconds")
    name = found.runs.version or found.runs.id
    still = len(found.security.open_findings)
    weak = f"{plural(still, 'finding')} open" if still else "no finding open"
    return f"{found.runs.place.service} {name} has run in {choice.environment} for {since}; {weak}."


HANDLERS = (wall_page,)
