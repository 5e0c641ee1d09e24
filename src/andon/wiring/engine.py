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
from andon.line.facts import Facts
from andon.line.flow import react
from andon.line.rules import judge_all
from andon.tools.measurement.following import follow
from andon.tools.measurement.views import Measured
from andon.wiring.tools import TOOLS
from andon.wiring.views import HouseViews


def _each(found: Any) -> tuple[Noun[Any], ...]:
    return found if isinstance(found, tuple) else (found,)


EVENTS: tuple[type, ...] = tuple(event for tool in TOOLS if tool.events for event in tool.load(tool.events))
NOUNS: tuple[Noun[Any], ...] = tuple(noun for tool in TOOLS for text in tool.nouns for noun in _each(tool.load(text)))
LANES: dict[str, int] = {lane: width for tool in TOOLS for lane, width in tool.lanes.items()}


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
        if engine.views.is_aside(views[Facts]) and stream_kind(order.stream) in JUDGED:
            raise Refused(
                "engine-health", STALE, "An operator finds the cause at /healthz and starts the server again."
            )
        judge_all(views[Facts], order, now)

    def follow_up(happened: Envelope[Any]) -> tuple[Order, ...]:
        if engine.views.is_aside(views[Facts]):
            raise PortError(STALE)
        return (*react(happened, views[Facts]), *follow(happened, views[Measured].history))

    engine = Engine(
        Parts(
            ledger=ledger,
            codec=codec,
            nouns=NOUNS,
            new_id=new_id,
            views=views.all(),
            performers=performers,
            lanes={**LANES, "task": task_slots},
            judge=judge,
            react=follow_up,
            clock=clock,
            mask=mask,
        )
    )
    return engine
