"""The series behind two pictures as JSON, for the zoom in the browser: the same records, the same question."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from andon.kernel.errors import NotFound
from andon.tools.measurement.answers.answer_cache import AnswerCache
from andon.tools.measurement.answers.numbers import numbers, one_metric
from andon.tools.measurement.answers.overlay import overlay
from andon.tools.measurement.pages.overlay import USUAL, line_over
from andon.tools.measurement.pages.selection import PageSelection, selection_of, with_service, word_in
from andon.tools.measurement.people import Pulses
from andon.tools.measurement.pictures.numbers import about_each, about_overlay, dots_of, happened_in, levels_of
from andon.tools.measurement.ports import SeriesStore as Fed
from andon.tools.measurement.views import Measured
from andon.web.charts.series import series_json
from andon.web.pages import Asked, Pages


@get("/overlay/series", include_in_schema=False)
async def overlay_series(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    pulses: NamedDependency[SkipValidation[Pulses]],
    series: NamedDependency[SkipValidation[Fed]],
) -> dict[str, object]:
    """What the overlay of the same address shows. Errors: NotFound, Invalid."""
    choice = _one(with_service(selection_of(asked, measured, pages.now), measured.history))
    question, history = choice.question, measured.history
    found = history.cache(AnswerCache).answer(history, ("overlay", question), lambda: overlay(history, question))
    known = numbers(history, question)
    line = await line_over(word_in(asked.query, "over") or USUAL, known, pulses, series)
    return series_json(about_overlay(found, line), line.points if line else (), happened_in(found))


@get("/numbers/evidence/series", sync_to_thread=False, include_in_schema=False)
def evidence_series(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], measured: NamedDependency[Measured]
) -> dict[str, object]:
    """Everything that was counted for a number. Errors: NotFound, Invalid."""
    choice = _one(selection_of(asked, measured, pages.now))
    metric, _ = one_metric(measured.history, choice.question, word_in(asked.query, "metric"))
    about = about_each(metric, choice.window)
    return series_json(about, dots_of(metric), mode="dots", lines=levels_of(metric))


def _one(choice: PageSelection) -> PageSelection:
    if choice.place is None:
        raise NotFound("A series is about one service. Choose one on the page of numbers.")
    return choice


HANDLERS = (overlay_series, evidence_series)
