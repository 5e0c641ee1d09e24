"""An engine over a real ledger, with a lamp to switch."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from andon.engine.codec import Codec
from andon.engine.engine import Engine, Parts
from andon.kernel.ids import EventId
from andon.ledger.opening import open_ledger

from . import lamp

Start = Callable[..., Awaitable[Engine]]
_ids = itertools.count(1)


@asynccontextmanager
async def running(path: Path, **parts: Any) -> AsyncIterator[Engine]:
    """An engine over the ledger in the folder."""
    ledger = await open_ledger(f"sqlite:///{path / 'ledger.db'}")
    default = Parts(
        ledger=ledger, codec=Codec(lamp.EVENTS), nouns=(lamp.NOUN,), new_id=lambda: EventId(f"event-{next(_ids)}")
    )
    engine = Engine(replace(default, **parts))
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()
        await ledger.close()


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts engines over one ledger, one after another or several at once."""
    async with AsyncExitStack() as stack:

        async def started(**parts: Any) -> Engine:
            return await stack.enter_async_context(running(tmp_path, **parts))

        yield started
