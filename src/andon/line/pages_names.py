"""Names on pages: the button that hands a service over."""

from __future__ import annotations

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from andon.engine.callers_desk import CallersDesk
from andon.line.facts import Facts
from andon.line.owning import hand_over
from andon.tools.delivery.events import HandOver
from andon.web.pages import back_to


class Transferring(msgspec.Struct):
    """The form that hands a service over."""

    to: str


@post("/services/{service:str}/transfer", include_in_schema=False, opt={"gives": HandOver})
async def transfer_service(
    service: FromPath[str],
    data: URLEncodedBody[Transferring],
    desk: NamedDependency[CallersDesk],
    facts: NamedDependency[Facts],
) -> Redirect:
    """Hand the service over to another repository. Errors: Forbidden, Refused, Invalid."""
    await hand_over(desk, facts, service, data.to)
    return back_to(f"/services/{service}")


HANDLERS = (transfer_service,)
