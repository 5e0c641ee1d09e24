"""The engine with every noun, event, rule and effect of the house."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from andon.engine.clock import Clock
from andon.engine.codec import Codec
from andon.engine.dispatch import Performer
from andon.engine.engine import Engine, Parts
from andon.kernel.decider import Noun, never, wants_nothing
from andon.kernel.envelope import Envelope
from andon.kernel.errors import PortError, Refused
from andon.kernel.ids import EventId, stream_kind
from andon.kernel.order import Order
from andon.ledger.ledger import Ledger
from andon.line.facts import Facts
from andon.line.flow import react
from andon.line.rules import judge_all
from andon.tool import Tool
from andon.wiring.tools import TOOLS
from andon.wiring.views import HouseViews


def _each(found: Any) -> tuple[Noun[Any], ...]:
    return found if isinstance(found, tuple) else (found,)


EVENTS: tuple[type, ...] = tuple(event for tool in TOOLS if tool.events for event in tool.load(tool.events))
NOUNS: tuple[Noun[Any], ...] = tuple(noun for tool in TOOLS for text in tool.nouns for noun in _each(tool.load(text)))
LANES: dict[str, int] = {lane: width for tool in TOOLS for lane, width in tool.lanes.items()}


def nouns_of(tools: Sequence[Tool]) -> tuple[Noun[Any], ...]:
    """Every noun; what a tool that does not run here would do waits in the ledger for a server that runs it."""
    return tuple(
        noun if tool in tools else replace(noun, want=wants_nothing, deadline=never, is_open=lambda _: False)
        for tool in TOOLS
        for text in tool.nouns
        for noun in _each(tool.load(text))
    )


def reactions_of(tools: Sequence[Tool], views: HouseViews) -> tuple[Callable[[Envelope[Any]], tuple[Order, ...]], ...]:
    """What the tools order by themselves when something happened."""
    found = (tool.load(text) for tool in tools for text in tool.reactions)
    return tuple(partial(one, **views.asked_by(one)) for one in found)


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
    tools: Sequence[Tool] = TOOLS,
    slots: int,
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
        return (*react(happened, views[Facts]), *(order for one in reactions for order in one(happened)))

    reactions = reactions_of(tools, views)

    engine = Engine(
        Parts(
            ledger=ledger,
            codec=codec,
            nouns=nouns_of(tools),
            new_id=new_id,
            views=views.all(),
            performers=performers,
            lanes={**LANES, "task": slots},
            judge=judge,
            react=follow_up,
            clock=clock,
            mask=mask,
        )
    )
    return engine
