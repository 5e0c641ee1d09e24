"""The doors of toy: a page, and a call that rings."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from andon.engine.callers_desk import CallersDesk
from andon.web.pages import Asked, Pages
from tests.wiring.toy.ringing import Ringing
from tests.wiring.toy.views import Bells


@get("/bells", sync_to_thread=False, include_in_schema=False)
def bells_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], bells: NamedDependency[Bells]
) -> Response[str]:
    """How often it rang."""
    return pages.show("toy/bells.html", asked, count=bells.count)


@post("/api/v1/bells")
async def ring_bell(desk: NamedDependency[CallersDesk], ringing: NamedDependency[Ringing]) -> None:
    """Ring."""
    await ringing.ring(desk)


HANDLERS = (bells_page, ring_bell)
