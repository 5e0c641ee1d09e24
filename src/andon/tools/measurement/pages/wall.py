"""The wall: throughput, stability and security of the same deployments, side by side."""

from __future__ import annotations

from datetime import datetime, timedelta

from litestar import Response, get
from litestar.di import NamedDependency

from andon.tools.measurement.answers.answer_cache import AnswerCache
from andon.tools.measurement.answers.numbers import numbers
from andon.tools.measurement.answers.sentences import wall_sentence
from andon.tools.measurement.answers.wall import wall
from andon.tools.measurement.pages.selection import empty_page, selection_of, with_service
from andon.tools.measurement.pages.wording import metric_of
from andon.tools.measurement.views import Measured
from andon.web.pages import Asked, Pages

THROUGHPUT = ("deployment-frequency", "change-lead-time")
STABILITY = ("change-fail-rate", "failed-deployment-recovery-time", "deployment-rework-rate")


@get("/wall", sync_to_thread=False, include_in_schema=False)
def wall_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
) -> Response[str]:
    """Throughput, stability and security of the same deployments, side by side."""
    choice = with_service(selection_of(asked, measured, pages.now), measured.history)
    if choice.place is None:
        return empty_page(pages, asked, choice)
    question, history = choice.question, measured.history
    now = next_minute(pages.now)
    found = history.cache(AnswerCache).answer(history, ("wall", question, now), lambda: wall(history, question, now))
    known = numbers(history, question)
    said = wall_sentence(found)
    return pages.show(
        "measurement/wall.html",
        asked,
        chosen=choice,
        wall=found,
        throughput=tuple(metric_of(known, id_) for id_ in THROUGHPUT),
        stability=tuple(metric_of(known, id_) for id_ in STABILITY),
        colour=said.colour,
        sentence=said.words,
    )


def next_minute(now: datetime) -> datetime:
    """Up to when the wall knows: the same for a minute, so that an answer can be kept, and past all that happened."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


HANDLERS = (wall_page,)
