"""Names on pages: whose a service is, and the button that hands it over."""

from __future__ import annotations

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from andon.engine.desk import Desk
from andon.kernel.ids import ServiceName
from andon.line.facts import Facts
from andon.line.names_api import hand_over
from andon.tools.delivery.ports import Owned
from andon.web.pages import Asked, back_to


class Ownership:
    """delivery.Owning from the facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def of(self, service: ServiceName) -> Owned:
        """Its owner, and the repositories that may become it."""
        owners, closings = self._facts.owners, self._facts.closings
        owner = owners.owner(service)
        others = sorted(one for one in self._facts.trunks if one != owner and not closings.of(one))
        return Owned(owner=owner, is_declared=owners.declared(service) is not None, others=tuple(others))


class Transferring(msgspec.Struct):
    """The form that hands a service over."""

    to: str


@post("/services/{service:str}/transfer", include_in_schema=False)
async def transfer_service(
    service: FromPath[str],
    data: URLEncodedBody[Transferring],
    asked: NamedDependency[Asked],
    desk: NamedDependency[Desk],
    facts: NamedDependency[Facts],
) -> Redirect:
    """Hand the service over to another repository. Errors: Forbidden, Refused, Invalid."""
    await hand_over(desk, facts, service, data.to, asked.who)
    return back_to(f"/services/{service}")


HANDLERS = (transfer_service,)
