"""Names over HTTP: who owns them, what speaks against using them, and handing them over."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.engine.callers_desk import CallersDesk
from andon.kernel.ids import RepositoryName
from andon.line.facts import Facts
from andon.line.owning import hand_over
from andon.line.rules.one_source import claim
from andon.tools.delivery.events import HandOver


@dataclass(frozen=True, slots=True, kw_only=True)
class NameShown:
    """A name of a service or an artifact."""

    name: str
    repository: RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why a repository may not publish under a name, and what to do; both "" when it may."""

    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAsked:
    """Who gets the name."""

    repository: str


@get("/api/v1/names", sync_to_thread=False)
def list_names(facts: NamedDependency[Facts]) -> tuple[NameShown, ...]:
    """Every name that is owned."""
    return tuple(NameShown(name=name, repository=repository) for name, repository in facts.owners.all())


@get("/api/v1/names/{name:str}/objection", sync_to_thread=False)
def show_objection(name: FromPath[str], facts: NamedDependency[Facts], repository: FromQuery[str]) -> Objection:
    """What speaks against a repository's publishing under a name."""
    denied = claim(facts.owners, RepositoryName(repository), (name,))
    return Objection(reason=denied.reason, remedy=denied.remedy) if denied else Objection()


@post("/api/v1/names/{name:str}/transfer", status_code=HTTP_200_OK, opt={"gives": HandOver})
async def transfer_name(
    name: FromPath[str],
    data: JSONBody[TransferAsked],
    desk: NamedDependency[CallersDesk],
    facts: NamedDependency[Facts],
) -> NameShown:
    """Hand a name over to another repository. Errors: Refused."""
    await hand_over(desk, facts, name, data.repository)
    return NameShown(name=name, repository=facts.owners.owner(name) or RepositoryName(data.repository))


HANDLERS = (list_names, show_objection, transfer_name)
