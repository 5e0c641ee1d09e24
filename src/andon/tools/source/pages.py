"""The pages of source: the repositories, and one of them with its branches and what landed on its trunk."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from andon.kernel.words import plural
from andon.tools.source.views import Repositories
from andon.web.pages import Asked, Pages

MOST_CHANGES = 30  #: shown of one repository
MOVES = ("repository/",)  #: streams that change these pages


@get("/repositories", sync_to_thread=False, include_in_schema=False)
def repositories_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], repositories: NamedDependency[Repositories]
) -> Response[str]:
    """Every repository, by name."""
    known = repositories.all()
    sentence = f"{plural(len(known), 'repository', 'repositories')}." if known else "No repositories."
    return pages.show("source/repositories.html", asked, live=MOVES, known=known, sentence=sentence)


@get("/repositories/{name:str}", sync_to_thread=False, include_in_schema=False)
def repository_page(
    name: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    repositories: NamedDependency[Repositories],
) -> Response[str]:
    """One repository. Errors: NotFound."""
    seen = repositories.get(name)
    newest = seen.changes[0] if seen.changes else None
    sentence = f"{newest.commits[0].subject}" if newest and newest.commits else "Nothing has landed yet."
    return pages.show(
        "source/repository.html",
        asked,
        live=(f"repository/{name}",),
        seen=seen,
        newest=newest,
        sentence=f"{seen.repository}: {sentence}",
        changes=repositories.changes(name, MOST_CHANGES),
        branches=sorted(seen.branches.values(), key=lambda branch: branch.at, reverse=True),
    )


HANDLERS = (repositories_page, repository_page)
