"""How what toy wishes for is done."""

from __future__ import annotations

from andon.engine.dispatch import Performer, Tell
from tests.wiring.toy.events import Echo, RecordEcho
from tests.wiring.toy.ringing import Ringing


def performers(ringing: Ringing) -> dict[type, Performer]:
    """One for each kind of effect; what it works with is asked for by name."""

    async def echo(asked: Echo, tell: Tell) -> None:
        await tell(RecordEcho(since=ringing.since))

    return {Echo: echo}
