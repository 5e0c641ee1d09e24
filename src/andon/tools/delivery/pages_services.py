"""The pages of services: what each is made from, and which version serves in each environment since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from andon.engine.callers_desk import CallersDesk
from andon.kernel.ids import ArtifactName, EnvironmentName, ServiceName
from andon.kernel.words import plural
from andon.tools.delivery.condition import of_service, troubles, warnings
from andon.tools.delivery.model.choice import Candidate
from andon.tools.delivery.model.retirement import RetireService
from andon.tools.delivery.ports import Owning
from andon.tools.delivery.removal import ends, meant, retire
from andon.tools.delivery.views import Environments, ServiceSeen
from andon.web.condition import Condition, Finding, worst_first
from andon.web.pages import Asked, Pages, back_to
from andon.web.service_sections import AboutService, ServiceSections
from andon.web.who import Who

MOVES = ("service/", "artifact/", "line/", "run/", "secret/")  #: streams that change these pages

#: a Protocol cannot be checked at run time, and need not be
TheOwning = NamedDependency[SkipValidation[Owning]]
TheSections = NamedDependency[SkipValidation[ServiceSections]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One service and where it is."""

    service: ServiceName
    #: None when nothing was published for it
    newest: Candidate | None
    #: in the order of the line; None where it was never asked to be
    places: tuple[tuple[EnvironmentName, ServiceSeen | None], ...]
    now: datetime
    #: that its repository publishes it no more; "" when it does
    left_behind: str = ""

    @property
    def condition(self) -> Condition:
        """How it stands in all its places, the worst first."""
        placed = [seen for _, seen in self.places if seen]
        if not placed:
            sentence = f"{self.service} is published and was never deployed."
            return worst_first((Finding(kind="empty", sentence=sentence),))
        order = {name: at for at, (name, _) in enumerate(self.places)}
        found = [one for seen in placed for one in of_service(seen, self.now, order[seen.environment]).findings]
        return worst_first((*found, *warnings(filter(None, (self.left_behind,)))))

    def failed_in(self, seen: ServiceSeen) -> bool:
        """Did its last deployment there fail?"""
        return any(one.kind == "deployment failed" for one in of_service(seen, self.now).troubles)


@get("/services", sync_to_thread=False, include_in_schema=False)
def services_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], environments: NamedDependency[Environments]
) -> Response[str]:
    """Every service, by name."""
    rows = tuple(_row(environments, name, pages.now) for name in environments.service_names)
    count = f"{plural(len(rows), 'service')}." if rows else "No services."
    found = (*troubles(environments.services(), pages.now, environments.names), *warnings(environments.warnings))
    return pages.show(
        "delivery/services.html",
        asked,
        live=MOVES,
        rows=rows,
        condition=worst_first((*found, Finding(kind="good" if rows else "empty", sentence=count))),
    )


@get("/services/{service:str}", sync_to_thread=False, include_in_schema=False)
def service_overview(  # noqa: PLR0913, PLR0917  (a page names everybody who knows something)
    service: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    environments: NamedDependency[Environments],
    owning: TheOwning,
    service_sections: TheSections,
) -> Response[str]:
    """One service: in every environment, and what each tool knows of it. Errors: NotFound."""
    row = _row(environments, ServiceName(service), pages.now)
    there = tuple((name, seen) for name, seen in row.places if seen and ends(seen))
    return pages.show(
        "delivery/service_overview.html",
        asked,
        live=MOVES,
        row=row,
        there=there,
        owned=owning.of(row.service),
        sections=service_sections(_about(row, asked.who)) if row.newest else (),
    )


def _about(row: ServiceRow, who: Who) -> AboutService:
    assert row.newest is not None  # noqa: S101  (the page asks only then)
    return AboutService(
        service=row.service, repository=row.newest.repository, artifact=ArtifactName(row.newest.artifact), who=who
    )


class RemovalForm(msgspec.Struct):
    """The form that removes a service."""

    #: "" is everywhere
    environment: str = ""


@post("/services/{service:str}/remove", include_in_schema=False, opt={"gives": RetireService})
async def remove_service(
    service: FromPath[str],
    data: URLEncodedBody[RemovalForm],
    asked: NamedDependency[Asked],
    desk: NamedDependency[CallersDesk],
    environments: NamedDependency[Environments],
) -> Redirect:
    """Drain and stop the service, everywhere or in one environment. Errors: Forbidden, Refused, NotFound."""
    await retire(desk, meant(environments, ServiceName(service), data.environment), asked.who.actor)
    return back_to(f"/environments/{data.environment}/{service}" if data.environment else f"/services/{service}")


def _row(environments: Environments, service: ServiceName, now: datetime) -> ServiceRow:
    """Errors: NotFound."""
    published = environments.situation(service).published
    seen = {one.environment: one for one in environments.services() if one.service == service}
    return ServiceRow(
        service=service,
        newest=published[-1] if published else None,
        places=tuple((name, seen.get(name)) for name in environments.names),
        now=now,
        left_behind=environments.left_behind.get(service, ""),
    )


HANDLERS = (services_page, service_overview, remove_service)
