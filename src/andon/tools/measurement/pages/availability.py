"""Availability: how available a service was, what is left of its error budget, and what a planned system comes to."""

from __future__ import annotations

import shlex
from dataclasses import replace

from litestar import Response, get
from litestar.di import NamedDependency

from andon.kernel.errors import Invalid
from andon.tools.measurement.answers.availability_answer import (
    PERIOD,
    AvailabilityAnswer,
    AvailabilityQuestion,
    availability_answer,
    of_the_period,
)
from andon.tools.measurement.model.availability.systems import percent, span
from andon.tools.measurement.pages.selection import PageSelection, selection_of, with_service, word_in
from andon.tools.measurement.views import Measured
from andon.web.pages import Asked, Pages

#: what a page shows that was asked for nothing
TARGET = "99.9"
EXAMPLES = ("5 x 99.9%", "99.99%, any(99%, 99%)", "web=99.9%, 2 of (3 x 99%), disk=1000h/4h")


@get("/availability", sync_to_thread=False, include_in_schema=False)
def availability_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], measured: NamedDependency[Measured]
) -> Response[str]:
    """A service as its incidents tell, a target's budget and alerts, and the arithmetic of parts."""
    choice = with_service(selection_of(asked, measured, pages.now), measured.history)
    words = _words(asked.query)
    answer, trouble = _answer(words, choice, measured)
    return pages.show(
        "measurement/availability.html",
        asked,
        chosen=choice,
        words=words,
        answer=answer,
        trouble=trouble,
        percent=percent,
        span=span,
        command=_command(words, choice) if not trouble else "andon availability --help",
        examples=tuple((one, choice.to(system=one)) for one in EXAMPLES),
        colour=_colour(answer),
        sentence=_sentence(answer, choice),
    )


def _words(query: str) -> AvailabilityQuestion:
    return AvailabilityQuestion(
        system=word_in(query, "system"),
        target=word_in(query, "target") or TARGET,
        period=word_in(query, "period") or PERIOD,
    )


def _answer(words: AvailabilityQuestion, choice: PageSelection, measured: Measured) -> tuple[AvailabilityAnswer, str]:
    """The answer, and what is wrong with the words; then it is the answer to the usual ones."""
    try:
        return _asked(words, choice, measured), ""
    except Invalid as error:
        usual = AvailabilityQuestion(target=TARGET, period=PERIOD)
        return _asked(usual, choice, measured), str(error)


def _asked(words: AvailabilityQuestion, choice: PageSelection, measured: Measured) -> AvailabilityAnswer:
    if choice.place is None:
        return availability_answer(words)
    question = replace(choice.question, as_of=min(choice.question.as_of or choice.now, choice.now))
    if not choice.asking.begin:
        question = of_the_period(question, words)
    return availability_answer(words, measured.history, question)


def _colour(answer: AvailabilityAnswer) -> str:
    """Red: the budget is overdrawn. Amber: it is being used up faster than allowed."""
    left = answer.measured.budget if answer.measured else None
    if left is None:
        return "grey"
    if left.left_seconds <= 0:
        return "red"
    return "amber" if left.burn_rate > 1 else "green"


def _sentence(answer: AvailabilityAnswer, choice: PageSelection) -> str:
    measured = answer.measured
    if measured is None or choice.place is None:
        return "Error budget and availability calculator."
    if measured.metric.value is None:
        return f"No incidents reported for {choice.place.service} yet."
    left = measured.budget
    said = f"{choice.place.service} was available {percent(round(measured.metric.value, 6))} of the time"
    if left is None:
        return f"{said}."
    if left.left_seconds <= 0:
        return f"{said}: its error budget is overdrawn by {span(-left.left_seconds)}."
    return f"{said}; {span(left.left_seconds)} of its error budget is left."


def _command(words: AvailabilityQuestion, choice: PageSelection) -> str:
    """The same for a terminal."""
    place = ("--service", choice.place.service, "--env", choice.environment) if choice.place else ()
    system = (words.system,) if words.system else ()
    return shlex.join(("andon", "availability", *system, "--target", words.target, "--period", words.period, *place))


HANDLERS = (availability_page,)
