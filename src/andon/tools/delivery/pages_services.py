"""The pages of services: what each is made from, and which version serves in each environment since when."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.delivery.model.choice import Candidate
from andon.tools.delivery.showing import Colour, lamp, sentence
from andon.tools.delivery.views import Environments, ServiceSeen
from andon.web.pages import Asked, Pages
from andon.web.words import plural

MOVES = ("service/", "artifact/", "line/")  #: streams that change these pages
MOST_SENTENCES = 3  #: about services in trouble, before the count
_WORST_FIRST: tuple[Colour, ...] = ("red", "amber", "green", "grey")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One service and where it is."""

    service: ServiceName
    #: None when nothing was published for it
    newest: Candidate | None
    #: in the order of the line; None where it was never asked to be
    places: tuple[tuple[EnvironmentName, ServiceSeen | None], ...]

    @property
    def colour(self) -> Colour:
        """The worst of its places."""
        lamps = [lamp(seen) for _, seen in self.places if seen]
        return next((colour for colour in _WORST_FIRST if colour in lamps), "grey")

    @property
    def sentences(self) -> tuple[str, ...]:
        """How it stands in each place, the worst first."""
        placed = [seen for _, seen in self.places if seen]
        return tuple(sentence(seen) for seen in sorted(placed, key=lambda seen: _WORST_FIRST.index(lamp(seen))))


@get("/services", sync_to_thread=False, include_in_schema=False)
def services_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], environments: NamedDependency[Environments]
) -> Response[str]:
    """Every service, by name."""
    rows = tuple(_row(environments, name) for name in environments.service_names)
    troubled = [row.sentences[0] for colour in ("red", "amber") for row in rows if row.colour == colour]
    count = f"{plural(len(rows), 'service')}." if rows else "No services."
    return pages.show(
        "delivery/services.html",
        asked,
        live=MOVES,
        rows=rows,
        lamp=lamp,
        colour=next((colour for colour in _WORST_FIRST if any(row.colour == colour for row in rows)), "grey"),
        sentence=" ".join([*troubled[:MOST_SENTENCES], count]),
    )


@get("/services/{service:str}", sync_to_thread=False, include_in_schema=False)
def service_overview(
    service: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    environments: NamedDependency[Environments],
) -> Response[str]:
    """One service in every environment. Errors: NotFound."""
    row = _row(environments, ServiceName(service))
    return pages.show(
        "delivery/service_overview.html",
        asked,
        live=MOVES,
        row=row,
        lamp=lamp,
        sentence=row.sentences[0] if row.sentences else f"{service} is published and was never deployed.",
    )


def _row(environments: Environments, service: ServiceName) -> ServiceRow:
    """Errors: NotFound."""
    published = environments.situation(service).published
    seen = {one.environment: one for one in environments.services() if one.service == service}
    return ServiceRow(
        service=service,
        newest=published[-1] if published else None,
        places=tuple((name, seen.get(name)) for name in environments.names),
    )


HANDLERS = (services_page, service_overview)
