"""The pages of source: the repositories, and one of them with its branches and what landed on its trunk."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from andon.engine.callers_desk import CallersDesk
from andon.kernel.words import plural
from andon.tools.source.approving import approve
from andon.tools.source.model.removal import ArchiveRepository
from andon.tools.source.model.repository_commands import ApproveChange
from andon.tools.source.ports import Approvals
from andon.tools.source.removing import Removing
from andon.tools.source.views import Repositories
from andon.web.pages import Asked, Pages, back_to

MOST_CHANGES = 30  #: shown of one repository
MOVES = ("repository/",)  #: streams that change these pages

#: a Protocol cannot be checked at run time, and need not be
TheApprovals = NamedDependency[SkipValidation[Approvals]]


@get("/repositories", sync_to_thread=False, include_in_schema=False)
def repositories_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], repositories: NamedDependency[Repositories]
) -> Response[str]:
    """Every repository, by name."""
    known = repositories.all()
    sentence = f"{plural(len(known), 'repository', 'repositories')}." if known else "No repositories."
    return pages.show("source/repositories.html", asked, live=MOVES, known=known, sentence=sentence)


@get("/repositories/{name:str}", include_in_schema=False)
async def repository_page(  # noqa: PLR0913, PLR0917  (a page names everybody who knows something)
    name: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    repositories: NamedDependency[Repositories],
    removing: NamedDependency[Removing],
    approvals: TheApprovals,
) -> Response[str]:
    """One repository. Errors: NotFound."""
    seen = repositories.get(name)
    newest = seen.changes[0] if seen.changes else None
    subject = newest.commits[0].subject if newest and newest.commits else "Nothing has landed yet."
    return pages.show(
        "source/repository.html",
        asked,
        live=(f"repository/{name}", "line/"),
        seen=seen,
        newest=newest,
        sentence=f"{seen.closing.sentence(seen.repository)}." if seen.closing else f"{seen.repository}: {subject}",
        changes=repositories.changes(name, MOST_CHANGES),
        branches=sorted(seen.branches.values(), key=lambda branch: branch.at, reverse=True),
        affected=removing.affected(name) if asked.who.may_give(ArchiveRepository) else None,
        waiting=await approvals.of(seen.repository, asked.who.actor) if asked.who.may_give(ApproveChange) else (),
    )


class ClosingForm(msgspec.Struct):
    """The form that archives, opens or deletes a repository."""

    because: str = ""


@post("/repositories/{name:str}/{ending:str}", include_in_schema=False, opt={"gives": ArchiveRepository})
async def close_repository(
    name: FromPath[str],
    ending: FromPath[Literal["archive", "unarchive", "delete"]],
    data: URLEncodedBody[ClosingForm],
    asked: NamedDependency[Asked],
    removing: NamedDependency[Removing],
) -> Redirect:
    """Archive the repository, open it again, or delete it. Errors: Forbidden, Refused, NotFound, Invalid."""
    if ending == "delete":
        await removing.delete(name, data.because, asked.who, sure=True)
        return back_to("/repositories")
    await (removing.archive if ending == "archive" else removing.unarchive)(name, data.because, asked.who)
    return back_to(f"/repositories/{name}")


class Approving(msgspec.Struct):
    """The form that approves a commit."""

    commit: str


@post("/repositories/{name:str}/approve", include_in_schema=False, opt={"gives": ApproveChange})
async def approve_commit(
    name: FromPath[str],
    data: URLEncodedBody[Approving],
    desk: NamedDependency[CallersDesk],
    repositories: NamedDependency[Repositories],
) -> Redirect:
    """Let the trunk become a commit that changes what is protected. Errors: Forbidden, Refused, NotFound."""
    known, _ = await approve(desk, repositories, name, data.commit)
    return back_to(f"/repositories/{known}")


HANDLERS = (repositories_page, repository_page, approve_commit, close_repository)
