"""Overlay: what happened on one axis of time, under a number of delivery, of the people, or of the business."""

from __future__ import annotations

import asyncio

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from andon.standards.known import known_name
from andon.tools.measurement.answers.answer_cache import AnswerCache
from andon.tools.measurement.answers.numbers import Numbers, numbers
from andon.tools.measurement.answers.overlay import overlay
from andon.tools.measurement.answers.sentences import overlay_sentence
from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.pages.selection import empty_page, number_in, selection_of, with_service, word_in
from andon.tools.measurement.people import Pulses
from andon.tools.measurement.pictures.numbers import overlay_picture, series_of
from andon.tools.measurement.pictures.people import pulse_series
from andon.tools.measurement.ports import SeriesStore as Fed
from andon.tools.measurement.views import Measured
from andon.web.charts.overlay import Series
from andon.web.charts.points import Point
from andon.web.pages import Asked, Pages

USUAL = "change-lead-time"
PULSE = "pulse"
#: before the name of a series that was fed in
FED = "fed/"
#: of a fed series; where there are more, means of equal spans
MOST_POINTS = 400
#: with their suspects, on one page
INCIDENTS = 20


@get("/overlay", include_in_schema=False)
async def overlay_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    pulses: NamedDependency[SkipValidation[Pulses]],
    series: NamedDependency[SkipValidation[Fed]],
) -> Response[str]:
    """Deployments, flips and incidents under a number; and for each incident what was changed shortly before."""
    choice = with_service(selection_of(asked, measured, pages.now), measured.history)
    if choice.place is None:
        return empty_page(pages, asked, choice)
    fed = await asyncio.to_thread(series.names)
    question, history = choice.question, measured.history
    found = history.cache(AnswerCache).answer(history, ("overlay", question), lambda: overlay(history, question))
    known = numbers(history, question)
    over = word_in(asked.query, "over") or USUAL
    overs = (
        *((metric.id, metric.title.lower()) for metric in known.metrics),
        *((FED + one.name, one.name) for one in fed),
        *(((PULSE, "pulse"),) if pulses.weeks() else ()),
        ("none", "no number"),
    )
    known_name(over, (name for name, _ in overs), "number to lay them over")
    line = await line_over(over, known, pulses, series)
    said = overlay_sentence(found)
    return pages.show(
        "measurement/overlay.html",
        asked,
        chosen=choice,
        overlay=found,
        over=over if line else "none",
        overs=overs,
        numbers_over=tuple(metric.id for metric in known.metrics),
        picture=overlay_picture(found, line, choice.to("/overlay/series", service=choice.place.service, over=over)),
        lasting=found.lasting,
        first=number_in(asked.query, "first", 1),
        size=INCIDENTS,
        colour=said.colour,
        sentence=said.words,
        named=sum(any(suspect.is_explicit for suspect in one.suspects) for one in found.suspected),
    )


async def line_over(over: str, known: Numbers, pulses: Pulses, series: Fed) -> Series | None:
    """The number to lay things over, by its name; None for no number."""
    if over.startswith(FED):
        return await asyncio.to_thread(_fed, series, over.removeprefix(FED), known.question.window)
    return _line(over, known, pulses)


def _line(over: str, known: Numbers, pulses: Pulses) -> Series | None:
    if over == PULSE:
        return pulse_series(pulses.question, pulses.weeks())
    return next((series_of(moved) for moved in known.trends if moved.metric == over), None)


def _fed(series: Fed, name: str, window: Window) -> Series | None:
    points = series.points(name, window.begin, window.end, MOST_POINTS)
    found = tuple(Point(at=point.at, value=point.value) for point in points)
    return Series(words=name, unit="count", points=found) if found else None


HANDLERS = (overlay_page,)
