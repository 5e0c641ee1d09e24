"""Value stream and flow: the work as it went to a place, what is on its way now, and what will be."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from andon.tools.measurement.answers.flow import ForecastQuestion as Forecasting
from andon.tools.measurement.answers.sentences import flow_sentence, stream_sentence
from andon.tools.measurement.pages.selection import empty_page, number_in, selection_of, with_service
from andon.tools.measurement.people import PriceList
from andon.tools.measurement.pictures.flow import (
    aging_picture,
    cumulative_picture,
    forecast_picture,
    stream_picture,
    throughput_picture,
)
from andon.tools.measurement.stepwise import cost_answer, flow_answer, stream_answer, waste_answer
from andon.tools.measurement.views import Measured
from andon.web.pages import Asked, Pages

#: of evidence and of wastes on the page
SHOWN = 12
#: a smaller share of the time is not shown by itself
SMALL = 0.01


@get("/value-stream", include_in_schema=False)
async def value_stream_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    price_list: NamedDependency[SkipValidation[PriceList]],
) -> Response[str]:
    """From the first commit to the people who use it: work, waiting, and what was sent back."""
    choice = with_service(selection_of(asked, measured, pages.now), measured.history)
    if choice.place is None:
        return empty_page(pages, asked, choice)
    question, history = choice.question, measured.history
    stream = await stream_answer(history, question)
    wastes = await waste_answer(history, question)
    spent = await cost_answer(history, question, price_list.declared)
    waits = [one for one in wastes.found if one.kind == "waiting"]
    large = [one for one in waits if one.share is None or one.share >= SMALL]
    said = stream_sentence(stream)
    return pages.show(
        "measurement/value_stream.html",
        asked,
        chosen=choice,
        stream=stream,
        picture=stream_picture(stream),
        colour=said.colour,
        sentence=said.words,
        sent_back=tuple(box for box in stream.boxes if box.accuracy and box.accuracy.sent_back),
        waits=large[:SHOWN],
        small_waits=len(waits) - len(large[:SHOWN]),
        others=tuple(one for one in wastes.found if one.kind != "waiting"),
        unseen=wastes.unseen,
        cost=spent,
    )


@get("/flow", include_in_schema=False)
async def flow_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
) -> Response[str]:
    """What is in progress, how old it is, what each week brought, and an exact forecast. Errors: Invalid."""
    choice = with_service(selection_of(asked, measured, pages.now), measured.history)
    if choice.place is None:
        return empty_page(pages, asked, choice)
    question, history = choice.question, measured.history
    items = number_in(asked.query, "items", 0)
    forecasting = Forecasting(items=items or None, weeks=number_in(asked.query, "weeks", 4))
    found = await flow_answer(history, question, forecasting)
    said = flow_sentence(found)
    return pages.show(
        "measurement/flow.html",
        asked,
        chosen=choice,
        flow=found,
        colour=said.colour,
        sentence=said.words,
        aging=aging_picture(found),
        cumulative=cumulative_picture(found),
        throughput=throughput_picture(found),
        forecast=forecast_picture(found),
        asked_items=items,
    )


HANDLERS = (value_stream_page, flow_page)
