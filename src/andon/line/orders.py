"""An order of the flow."""

from __future__ import annotations

from typing import Any

from andon.kernel.decider import Command
from andon.kernel.envelope import Envelope
from andon.kernel.ids import FLOW, ChainId, StreamId
from andon.kernel.order import Order


def order(happened: Envelope[Any], to: str, command: Command[Any], chain: ChainId | None = None) -> Order:
    """What follows from an event; of its chain, unless another is given."""
    return Order(
        stream=StreamId(to),
        command=command,
        actor=FLOW,
        cause=happened.id,
        chain=happened.chain if chain is None else chain,
    )
