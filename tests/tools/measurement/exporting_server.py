"""A server that knows a year of facts and a morning's ledger, with the doors that facts leave by."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.di import Provide

from andon.engine.codec import Codec
from andon.kernel.envelope import Draft
from andon.kernel.ids import AccountName, Actor, EventId, StreamId
from andon.ledger.ledger import Ledger
from andon.ledger.opening import open_ledger
from andon.line.api import show_cdevents
from andon.line.cdevents_export import CDEvents
from andon.testing.serving import serving
from andon.tools.measurement.api import availability as api_availability
from andon.tools.measurement.api import export as api_export
from andon.tools.measurement.api.metric_query import provide_asking
from andon.tools.measurement.model.history import History
from andon.tools.measurement.views import Measured
from andon.web.errors import exception_handlers
from andon.web.pages import Pages
from andon.web.who import Who
from tests.line.story import Told, morning
from tests.test_house import EVENTS
from tests.tools.measurement.known import exports_of
from tests.tools.measurement.year_shape import NOW

READER = Who(actor=Actor("ada"), account=AccountName("ada"), permissions=frozenset({"read"}))


def _giver(thing: object) -> Callable[[], Any]:
    def give() -> Any:
        return thing

    return give


@asynccontextmanager
async def exporting(folder: Path, history: History) -> AsyncIterator[str]:
    """Its address."""
    ledger = await open_ledger(f"sqlite:///{folder}/ledger.db")
    await write(ledger, morning(stopped=True))
    measured = Measured()
    measured.history = history
    things: dict[str, object] = {
        "who": READER,
        "exports": exports_of(ledger, measured, folder),
        "measured": measured,
        "cdevents": CDEvents(ledger, Codec(EVENTS), "http://127.0.0.1:8600"),
    }
    provided = {name: Provide(_giver(thing), sync_to_thread=False) for name, thing in things.items()}
    provided["asking"] = Provide(provide_asking, sync_to_thread=False)
    provided["now"] = Provide(_now, sync_to_thread=False)
    app = Litestar(
        route_handlers=[*api_export.HANDLERS, *api_availability.HANDLERS, show_cdevents],
        dependencies=provided,
        exception_handlers=exception_handlers(_no_pages()),
        openapi_config=None,
    )
    async with serving(app) as url:
        yield url
    await ledger.close()


async def write(ledger: Ledger, told: Sequence[Told]) -> None:
    """Append a story."""
    codec, streams, drafts = Codec(EVENTS), Counter[StreamId](), []
    for number, one in enumerate(told, 1):
        name, schema, data = codec.encode(one.event)
        drafts.append(
            Draft(
                id=EventId(f"ev_{number}"),
                stream=one.stream,
                expected=streams[one.stream],
                type=name,
                schema=schema,
                at=one.at,
                actor=one.actor,
                cause=None,
                chain=one.chain,
                data=data,
            )
        )
        streams[one.stream] += 1
    await ledger.append(drafts)


def _now() -> datetime:
    return NOW


def _no_pages() -> Pages:
    from andon.web.assets import Assets
    from andon.web.templates import template_environment

    return Pages(template_environment({}, Assets()), now=_now, position=lambda: 0)
