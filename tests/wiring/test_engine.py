"""The house's engine: where what the rules need stands still, they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from andon.engine.clock import SystemClock
from andon.engine.codec import Codec
from andon.engine.engine import Engine
from andon.kernel.envelope import Envelope
from andon.kernel.errors import Refused
from andon.kernel.ids import Actor, StreamId
from andon.ledger.opening import open_ledger
from andon.line.facts import Facts
from andon.tools.delivery.events import CORD_STREAM, PullCord
from andon.wiring.engine import EVENTS, build_engine
from andon.wiring.views import HouseViews
from tests.line.histories import publish, request

pytestmark = pytest.mark.anyio
ADA = Actor("ada")


class BrokenFacts(Facts):
    """Facts that a cord breaks."""

    def apply(self, happened: Envelope[Any]) -> None:
        raise KeyError("broken")


async def started(folder: Path, views: HouseViews) -> Engine:
    ledger = await open_ledger(f"sqlite:///{folder / 'ledger.db'}")
    engine = build_engine(ledger, Codec(EVENTS), views, {}, SystemClock(), slots=1)
    await engine.start()
    return engine


class BrokenSection:
    """A tool's section of the facts that a cord breaks."""

    def apply(self, happened: Envelope[Any]) -> None:
        raise KeyError("broken")


@pytest.mark.parametrize("facts", [BrokenFacts(), Facts([BrokenSection()])], ids=["facts", "a section"])
async def test_rules_refuse_when_their_facts_stand_still(tmp_path: Path, facts: Facts) -> None:
    """Nobody promotes or publishes by facts that are old; what needs no facts goes on."""
    engine = await started(tmp_path, HouseViews(facts=facts))
    try:
        await engine.desk.submit(CORD_STREAM, PullCord(scope="line", reason="smoke"), actor=ADA)
        for stream, command in (("service/production/shop", request()), ("artifact/shop", publish())):
            with pytest.raises(Refused, match="stand still") as refused:
                await engine.desk.submit(StreamId(stream), command, actor=ADA)
            assert refused.value.rule == "engine-health"
        await engine.desk.submit(CORD_STREAM, PullCord(scope="service/shop", reason="still"), actor=ADA)
        assert [fault.part for fault in engine.health.faults if fault.stands_still] == [f"view {type(facts).__name__}"]
    finally:
        await engine.stop()
        await engine._ledger.close()
