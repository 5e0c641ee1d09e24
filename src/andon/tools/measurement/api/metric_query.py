"""What a call of the API is about: the words of its address, and the question that they mean."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from andon.kernel.errors import Invalid, NotFound
from andon.tools.measurement.model.metric import Question
from andon.tools.measurement.model.metric_query import MetricQuery, environment_of, place_of, question_of
from andon.tools.measurement.views import Measured


def provide_asking(  # noqa: PLR0913, PLR0917  (the six words of an address)
    service: FromQuery[str] = "",
    environment: FromQuery[str] = "",
    from_: Annotated[
        str, QueryParameter(name="from", description="a date, or RFC 3339; else 90 days before `to`")
    ] = "",
    to: Annotated[str, QueryParameter(name="to", description="a date, or RFC 3339; else now")] = "",
    as_: Annotated[str, QueryParameter(name="as", description="whose definitions; else dora")] = "",
    as_of: Annotated[
        str,
        QueryParameter(
            name="as_of",
            description="leaves out what happened from then on; by the time it happened, not the time it was reported",
        ),
    ] = "",
) -> MetricQuery:
    """The dependency `asking` of every call that measures."""
    return MetricQuery(service=service, environment=environment, begin=from_, end=to, definition=as_, as_of=as_of)


def provide_question(
    asking: NamedDependency[MetricQuery], measured: NamedDependency[Measured], now: NamedDependency[datetime]
) -> Question:
    """The dependency `question` of calls about one service in one environment."""
    return question_in(asking, measured, now)


def question_in(asking: MetricQuery, measured: Measured, now: datetime) -> Question:
    """The question that is meant. Errors: NotFound, Invalid; both say what there is to choose from."""
    places = measured.history.places()
    environment = environment_of(asking, places, measured.environments)
    place = place_of(asking, places, environment)
    if place is not None:
        return question_of(asking, place, now)
    here = [each.service for each in places if each.environment == environment]
    if not here:
        raise NotFound(
            f"Nothing was ever deployed to {environment}, so there is nothing to measure yet. Deploy something, import "
            "what you have (andon import FILE), or measure a repository's tags: andon measure PATH"
        )
    raise Invalid(
        "Numbers are about one service. Choose one, with service=NAME in an address or --service NAME in a command;"
        f" there are: {', '.join(here[:20])}."
    )
