"""What tests of pipelines share: a workshop, and its doors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from litestar import Litestar
from litestar.di import Provide

from andon.engine.callers_desk import CallersDesk
from andon.engine.clock import SystemClock
from andon.engine.engine import Engine
from andon.tools.pipelines import api
from andon.web.asgi import App
from andon.web.assets import Assets
from andon.web.errors import exception_handlers
from andon.web.pages import Pages
from andon.web.templates import template_environment
from andon.web.who import Who

from ...serving import served
from .workshop import ADA, Workshop

Doors = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A data folder without anything in it."""
    return Workshop(data=tmp_path)


@pytest.fixture
def doors(shop: Workshop) -> Doors:
    """Serves the shop's runs on a real socket; asks for who may do what."""

    @asynccontextmanager
    async def opened(engine: Engine, *permissions: str) -> AsyncIterator[str]:
        who = Who(actor=ADA, account=None, permissions=frozenset({"read", *permissions}))
        async with served(cast(App, _framework(shop, engine, who))) as url:
            yield url

    return opened


def _framework(shop: Workshop, engine: Engine, who: Who) -> Litestar:
    pages = Pages(template_environment({}, Assets()), now=SystemClock().now, position=lambda: 0)
    things: dict[str, object] = {
        "who": who,
        "desk": CallersDesk(engine.desk, who),
        "runs": shop.runs,
        "logs": shop.logs(),
    }
    return Litestar(
        list(api.HANDLERS),
        dependencies={name: _given(thing) for name, thing in things.items()},
        exception_handlers=cast(Any, exception_handlers(pages)),
        logging_config=None,
    )


def _given(thing: object) -> Provide:
    return Provide(lambda: thing, sync_to_thread=False)
