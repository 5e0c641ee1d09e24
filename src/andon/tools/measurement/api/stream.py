"""The API of the stream: how work flows to a place, where it waits, and what that costs."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from andon.tools.measurement.answers.cost import Cost
from andon.tools.measurement.answers.flow import Flow, ForecastQuestion
from andon.tools.measurement.answers.value_stream import ValueStream
from andon.tools.measurement.answers.waste import WasteReport
from andon.tools.measurement.model.metric import Question
from andon.tools.measurement.people import PriceList
from andon.tools.measurement.stepwise import cost_answer, flow_answer, stream_answer, waste_answer
from andon.tools.measurement.views import Measured


@get("/api/v1/measurement/value-stream")
async def show_value_stream(measured: NamedDependency[Measured], question: NamedDependency[Question]) -> ValueStream:
    """What is done to a change and how long it waits, from its first commit to its users; and the share sent back."""
    return await stream_answer(measured.history, question)


@get("/api/v1/measurement/flow")
async def show_flow(
    measured: NamedDependency[Measured],
    question: NamedDependency[Question],
    items: Annotated[int | None, QueryParameter(ge=0, description="how long so many take; else all begun")] = None,
    weeks: Annotated[int, QueryParameter(ge=1, description="how many are done in so many weeks")] = 4,
) -> Flow:
    """What is in progress and how old it is, what each week brought, and an exact forecast."""
    return await flow_answer(measured.history, question, ForecastQuestion(items=items, weeks=weeks))


@get("/api/v1/measurement/waste")
async def show_waste(measured: NamedDependency[Measured], question: NamedDependency[Question]) -> WasteReport:
    """Waste of each kind that shows in events, and which kinds do not show."""
    return await waste_answer(measured.history, question)


@get("/api/v1/measurement/cost")
async def show_cost(
    measured: NamedDependency[Measured],
    question: NamedDependency[Question],
    price_list: NamedDependency[SkipValidation[PriceList]],
) -> Cost:
    """What a change costs in run minutes and environment hours, at the prices that were declared."""
    return await cost_answer(measured.history, question, price_list.declared)


HANDLERS = (show_value_stream, show_flow, show_waste, show_cost)
