"""The API of what people tell: the pulse, numbers of their business, and prices."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, SkipValidation

from andon.engine.callers_desk import CallersDesk
from andon.kernel.errors import Forbidden, Invalid
from andon.standards.known import known_name
from andon.tools.measurement.model.improving.prices import PRICES_STREAM, DeclarePrices, Prices
from andon.tools.measurement.model.improving.pulse import (
    PEOPLE,
    PULSE_STREAM,
    AnswerPulse,
    ChoosePulseQuestion,
    week_of,
)
from andon.tools.measurement.model.improving.series import SeriesName, SeriesPoint, check_point
from andon.tools.measurement.model.metric_query import MetricQuery, window_of
from andon.tools.measurement.people import PriceList, PricesSince, Pulses, PulseWeek
from andon.tools.measurement.ports import SeriesStore
from andon.tools.measurement.pseudonyms import Pseudonyms
from andon.web.who import Who

MOST_POINTS = 10_000  #: fed in one call
POINTS_SHOWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseScore:
    """From 1 (worst) to 5 (best)."""

    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnotherQuestion:
    """What people are asked."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseShown:
    """The question, and the answers by week; fewer than three are only counted."""

    question: str
    #: the newest first
    weeks: tuple[PulseWeek, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoints:
    """Values at instants, of one series or several."""

    points: tuple[SeriesPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReceipt:
    """How many points were taken, and how many of them changed anything."""

    points: int
    changed: int


@get("/api/v1/measurement/pulse", sync_to_thread=False)
def show_pulse(pulses: NamedDependency[SkipValidation[Pulses]]) -> PulseShown:
    """The question and the answers by week, without names."""
    return PulseShown(question=pulses.question, weeks=pulses.weeks())


@post("/api/v1/measurement/pulse", opt={"gives": AnswerPulse})
async def answer_pulse(  # noqa: PLR0913, PLR0917  (what an answer without a name takes)
    data: JSONBody[PulseScore],
    who: NamedDependency[Who],
    desk: NamedDependency[CallersDesk],
    pseudonyms: NamedDependency[SkipValidation[Pseudonyms]],
    pulses: NamedDependency[SkipValidation[Pulses]],
    now: NamedDependency[datetime],
) -> PulseShown:
    """Answer; the ledger holds the score, the week, and a voice that nobody can be told from."""
    if who.account is None:
        raise Forbidden("An answer is somebody's: sign in first (andon login). It is kept without your name.")
    command = AnswerPulse(voice=pseudonyms.of(who.account, week_of(now)), score=data.score)
    await desk.submit(PULSE_STREAM, command, called=PEOPLE)
    return PulseShown(question=pulses.question, weeks=pulses.weeks())


@put("/api/v1/measurement/pulse/question", opt={"gives": ChoosePulseQuestion})
async def choose_question(
    data: JSONBody[AnotherQuestion],
    desk: NamedDependency[CallersDesk],
    pulses: NamedDependency[SkipValidation[Pulses]],
) -> PulseShown:
    """Ask another question from now on."""
    await desk.submit(PULSE_STREAM, ChoosePulseQuestion(question=data.question))
    return PulseShown(question=pulses.question, weeks=pulses.weeks())


@get("/api/v1/measurement/series")
async def list_series(series: NamedDependency[SkipValidation[SeriesStore]]) -> list[SeriesName]:
    """Every series that was fed in."""
    return list(await asyncio.to_thread(series.names))


@get("/api/v1/measurement/series/{name:str}")
async def show_series(  # noqa: PLR0913, PLR0917  (a series, a window, and how fine)
    name: FromPath[str],
    series: NamedDependency[SkipValidation[SeriesStore]],
    now: NamedDependency[datetime],
    from_: Annotated[
        str, QueryParameter(name="from", description="a date, or RFC 3339; else 90 days before `to`")
    ] = "",
    to: FromQuery[str] = "",
    most: Annotated[int, QueryParameter(ge=2, le=MOST_POINTS)] = POINTS_SHOWN,
) -> list[SeriesPoint]:
    """The points of a series in a window; where there are more than `most`, means of equal spans. Errors: NotFound."""
    known_name(name, (one.name for one in await asyncio.to_thread(series.names)), "series")
    window = window_of(MetricQuery(begin=from_, end=to), now)
    return list(await asyncio.to_thread(series.points, name, window.begin, window.end, most))


@post("/api/v1/measurement/series", opt={"permission": "run"})
async def feed_series(data: JSONBody[NewPoints], series: NamedDependency[SkipValidation[SeriesStore]]) -> SeriesReceipt:
    """Feed points of any series; of the same instant the last one counts."""
    if len(data.points) > MOST_POINTS:
        raise Invalid(f"{len(data.points):,} points are too many for one call. Send at most {MOST_POINTS:,}.")
    points = tuple(check_point(point) for point in data.points)
    return SeriesReceipt(points=len(points), changed=await asyncio.to_thread(series.add, points))


@get("/api/v1/measurement/prices", sync_to_thread=False)
def list_prices(price_list: NamedDependency[SkipValidation[PriceList]]) -> list[PricesSince]:
    """Declared prices, those in force last."""
    return list(price_list.declared)


@put("/api/v1/measurement/prices", opt={"gives": DeclarePrices})
async def declare_prices(
    data: JSONBody[Prices],
    desk: NamedDependency[CallersDesk],
    price_list: NamedDependency[SkipValidation[PriceList]],
) -> list[PricesSince]:
    """Declare what a run minute and an environment hour cost from now on."""
    await desk.submit(PRICES_STREAM, DeclarePrices(prices=data))
    return list(price_list.declared)


HANDLERS = (
    show_pulse,
    answer_pulse,
    choose_question,
    list_series,
    show_series,
    feed_series,
    list_prices,
    declare_prices,
)
