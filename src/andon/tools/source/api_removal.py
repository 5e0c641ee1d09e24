"""The API of a repository's end: archiving it, opening it again, and deleting it."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.kernel.ids import RepositoryName, RunNumber
from andon.tools.source.model.removal import ArchiveRepository, DeleteRepository, UnarchiveRepository
from andon.tools.source.ports import Affected, Serving
from andon.tools.source.removing import Removing
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why, for the ledger and for those who are refused."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionAsked:
    """Why, and whether to do it."""

    because: str
    #: False only tells what would end
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryEnding:
    """What is concerned, or was."""

    repository: RepositoryName
    #: in progress: they are cancelled
    runs: tuple[RunNumber, ...]
    #: goes on when the repository is archived, and speaks against deleting it
    serving: tuple[Serving, ...]


@post("/api/v1/repositories/{name:str}/archive", status_code=HTTP_200_OK, opt={"gives": ArchiveRepository})
async def archive_repository(
    name: FromPath[str], data: JSONBody[Because], who: NamedDependency[Who], removing: NamedDependency[Removing]
) -> RepositoryEnding:
    """Refuse pushes and cancel runs; what serves keeps serving. Errors: Refused, NotFound, Invalid."""
    return _ending(name, await removing.archive(name, data.because, who))


@post("/api/v1/repositories/{name:str}/unarchive", status_code=HTTP_200_OK, opt={"gives": UnarchiveRepository})
async def unarchive_repository(
    name: FromPath[str], data: JSONBody[Because], who: NamedDependency[Who], removing: NamedDependency[Removing]
) -> RepositoryEnding:
    """Take pushes again. Errors: Refused, NotFound, Invalid."""
    return _ending(name, await removing.unarchive(name, data.because, who))


@post("/api/v1/repositories/{name:str}/deletion", status_code=HTTP_200_OK, opt={"gives": DeleteRepository})
async def delete_repository(
    name: FromPath[str], data: JSONBody[DeletionAsked], who: NamedDependency[Who], removing: NamedDependency[Removing]
) -> RepositoryEnding:
    """Delete a repository for ever; without `sure` only what would end. Errors: Refused, NotFound, Invalid."""
    return _ending(name, await removing.delete(name, data.because, who, sure=data.sure))


def _ending(name: str, affected: Affected) -> RepositoryEnding:
    return RepositoryEnding(repository=RepositoryName(name), runs=affected.runs, serving=affected.serving)


HANDLERS = (archive_repository, unarchive_repository, delete_repository)
