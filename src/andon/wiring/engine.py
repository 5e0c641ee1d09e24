"""The engine with every noun, event, rule and effect of the house."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from andon.engine.clock import Clock
from andon.engine.codec import Codec
from andon.engine.dispatch import Performer
from andon.engine.engine import Engine, Parts
from andon.kernel.decider import Noun
from andon.kernel.envelope import Envelope
from andon.kernel.errors import PortError, Refused
from andon.kernel.ids import EventId, stream_kind
from andon.kernel.order import Order
from andon.ledger.ledger import Ledger
from andon.line.flow import react
from andon.line.rules import judge_all
from andon.tools.access.events import EVENTS as ACCESS_EVENTS
from andon.tools.access.model.account import NOUN as ACCOUNT
from andon.tools.artifacts.events import EVENTS as ARTIFACT_EVENTS
from andon.tools.artifacts.model.artifact import NOUN as ARTIFACT
from andon.tools.delivery.events import EVENTS as DELIVERY_EVENTS
from andon.tools.delivery.events import NOUNS as DELIVERY_NOUNS
from andon.tools.infra.events import EVENTS as INFRA_EVENTS
from andon.tools.infra.model.secret import NOUN as SECRET
from andon.tools.measurement.events import EVENTS as MEASUREMENT_EVENTS
from andon.tools.measurement.events import NOUNS as MEASUREMENT_NOUNS
from andon.tools.measurement.following import follow
from andon.tools.pipelines.events import EVENTS as PIPELINE_EVENTS
from andon.tools.pipelines.model.request import NOUN as REQUESTS
from andon.tools.pipelines.model.run import NOUN as RUN
from andon.tools.source.events import EVENTS as SOURCE_EVENTS
from andon.tools.source.model.repository import NOUN as REPOSITORY
from andon.tools.storage.events import EVENTS as STORAGE_EVENTS
from andon.tools.storage.model.storage import NOUN as STORAGE
from andon.wiring.views import HouseViews

EVENTS: tuple[type, ...] = (
    *ACCESS_EVENTS,
    *SOURCE_EVENTS,
    *PIPELINE_EVENTS,
    *ARTIFACT_EVENTS,
    *INFRA_EVENTS,
    *DELIVERY_EVENTS,
    *MEASUREMENT_EVENTS,
    *STORAGE_EVENTS,
)
NOUNS: tuple[Noun[Any], ...] = (
    ACCOUNT,
    REPOSITORY,
    REQUESTS,
    RUN,
    ARTIFACT,
    SECRET,
    *DELIVERY_NOUNS,
    *MEASUREMENT_NOUNS,
    STORAGE,
)


#: kinds of streams about which rules judge by facts
JUDGED = frozenset({"service", "artifact"})
STALE = "The facts that rules and the flow need stand still since an error."


def new_id() -> EventId:
    """80 random bits: enough that no two entries of a ledger ever share one."""
    return EventId(f"ev_{secrets.token_hex(10)}")


def build_engine(  # noqa: PLR0913  (what an engine is made of)
    ledger: Ledger,
    codec: Codec,
    views: HouseViews,
    performers: Mapping[type, Performer],
    clock: Clock,
    *,
    task_slots: int,
    mask: Callable[[str], str] = str,
) -> Engine:
    """An engine that has not started."""

    def judge(order: Order, state: Any, now: datetime) -> None:
        if engine.views.is_aside(views.facts) and stream_kind(order.stream) in JUDGED:
            raise Refused(
                "engine-health", STALE, "An operator finds the cause at /healthz and starts the server again."
            )
        judge_all(views.facts, order, now)

    def follow_up(happened: Envelope[Any]) -> tuple[Order, ...]:
        if engine.views.is_aside(views.facts):
            raise PortError(STALE)
        return (*react(happened, views.facts), *follow(happened, views.measured.history))

    engine = Engine(
        Parts(
            ledger=ledger,
            codec=codec,
            nouns=NOUNS,
            new_id=new_id,
            views=views.all(),
            performers=performers,
            lanes={"task": task_slots, "pack": 2, "registry": 4, "remove": 2, "walk": 2, "measure": 1},
            judge=judge,
            react=follow_up,
            clock=clock,
            mask=mask,
        )
    )
    return engine
