"""An order: a command on its way to a stream, with who asks for it and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from andon.kernel.decider import Command
from andon.kernel.ids import NO_CHAIN, Actor, ChainId, EventId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the desk takes, the rules judge, and the flow gives."""

    stream: StreamId
    #: a command of the stream's noun; only that noun knows the state it decides on
    command: Command[Any]
    actor: Actor
    #: the event that led to it
    cause: EventId | None = None
    #: the change it belongs to, for events that do not name it; NO_CHAIN takes the chain of the stream's last event
    chain: ChainId = NO_CHAIN
