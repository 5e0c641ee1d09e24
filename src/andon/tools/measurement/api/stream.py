"""The API of the stream: how work flows to a place, where it waits, and what that costs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from andon.tools.measurement.answers.cost import Cost
from andon.tools.measurement.answers.flow import Flow
from andon.tools.measurement.answers.flow import ForecastQuestion as AskedFlow
from andon.tools.measurement.answers.value_stream import ValueStream
from andon.tools.measurement.answers.waste import WasteReport
from andon.tools.measurement.api.asked_for import question_in
from andon.tools.measurement.model.asking import Asking
from andon.tools.measurement.people import PriceList
from andon.tools.measurement.stepwise import cost_answer, flow_answer, stream_answer, waste_answer
from andon.tools.measurement.views import Measured


@get("/api/v1/measurement/value-stream")
async def show_value_stream(
    asking: NamedDependency[Asking],
    measured: NamedDependency[Measured],
    now: NamedDependency[datetime],
) -> ValueStream:
    """What is done to a change and how long it waits, from its first commit to its users; and the share sent back."""
    history, question = measured.history, question_in(asking, measured, now)
    return await stream_answer(history, question)


@get("/api/v1/measurement/flow")
async def show_flow(
    asking: NamedDependency[Asking],
    measured: NamedDependency[Measured],
    now: NamedDependency[datetime],
    items: Annotated[int | None, QueryParameter(ge=0, description="how long so many take; else all begun")] = None,
    weeks: Annotated[int, QueryParameter(ge=1, description="how many are done in so many weeks")] = 4,
) -> Flow:
    """What is in progress and how old it is, what each week brought, and an exact forecast."""
    history, question, forecasting = (
        measured.history,
        question_in(asking, measured, now),
        AskedFlow(items=items, weeks=weeks),
    )
    return await flow_answer(history, question, forecasting)


@get("/api/v1/measurement/waste")
async def show_waste(
    asking: NamedDependency[Asking],
    measured: NamedDependency[Measured],
    now: NamedDependency[datetime],
) -> WasteReport:
    """Waste of each kind that shows in events, and which kinds do not show."""
    history, question = measured.history, question_in(asking, measured, now)
    return await waste_answer(history, question)


@get("/api/v1/measurement/cost")
async def show_cost(
    asking: NamedDependency[Asking],
    measured: NamedDependency[Measured],
    price_list: NamedDependency[SkipValidation[PriceList]],
    now: NamedDependency[datetime],
) -> Cost:
    """What a change costs in run minutes and environment hours, at the prices that were declared."""
    history, question, declared = measured.history, question_in(asking, measured, now), price_list.declared
    return await cost_answer(history, question, declared)


HANDLERS = (show_value_stream, show_flow, show_waste, show_cost)
