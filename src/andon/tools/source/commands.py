"""The commands of source: approve, repository."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from andon.console.commits import resolve_commit
from andon.console.session import Session
from andon.console.tables import table

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]


repository = App(name="repository", help="Repositories and their trunks.")


@repository.default
def list_repositories(*, session: Here) -> None:
    """Every repository that is there, its trunk, and how many branches it has."""
    found: list[Row] = session.api.get("/api/v1/repositories")
    columns = ("repository", "trunk", ">branches", "git_url")
    keys = [column.lstrip(">") for column in columns]
    session.show(found, lambda rows: table(columns, [[str(row[key]) for key in keys] for row in rows]))


@repository.command(name="trunk")
def change_trunk(name: str, branch: str, *, session: Here) -> None:
    """Make another branch the trunk: its newest commit lands now, and only its commits are deployed from now on.

    Parameters
    ----------
    name:
        The repository.
    branch:
        A branch that was pushed.
    """
    changed: Row = session.api.post(_of(name, "trunk"), {"branch": branch})
    session.show(changed, lambda row: f"the trunk of {row['repository']} is {row['trunk']}")


@repository.command(name="archive")
def archive(name: str, *, because: str, session: Here) -> None:
    """Refuse pushes from now on, and cancel its runs; it can still be read, and what serves keeps serving.

    Parameters
    ----------
    name:
        The repository.
    because:
        Why: for the ledger, and for those whose push is refused.
    """
    row: Row = session.api.post(_of(name, "archive"), {"because": because})
    session.show(row, lambda row: "\n".join((f"{row['repository']} is archived", *_affected(row, done=True))))


@repository.command(name="unarchive")
def unarchive(name: str, *, because: str, session: Here) -> None:
    """Take pushes again. Runs that were cancelled are run again with andon runs rerun.

    Parameters
    ----------
    name:
        The repository.
    because:
        Why, for the ledger.
    """
    row: Row = session.api.post(_of(name, "unarchive"), {"because": because})
    session.show(row, lambda row: f"{row['repository']} takes pushes again")


@repository.command(name="delete")
def delete(name: str, *, because: str, yes: bool = False, session: Here) -> None:
    """Delete its commits for ever; its name stays reserved, artifacts and history stay. Without --yes: what would end.

    Parameters
    ----------
    name:
        The repository.
    because:
        Why: for the ledger, and for those who look for it.
    yes:
        Do it.
    """
    row: Row = session.api.post(_of(name, "deletion"), {"because": because, "sure": yes})
    session.show(row, lambda row: "\n".join(_deletion(row, because, done=yes)))


def _of(name: str, part: str) -> str:
    return f"/api/v1/repositories/{quote(name, safe='')}/{part}"


def _affected(row: Row, *, done: bool) -> Iterator[str]:
    for run in row["runs"]:
        yield f"  run {run} {'is' if done else 'would be'} cancelled"
    for one in row["serving"]:
        yield f"  {one['service']} keeps serving in {one['environment']}"


def _deletion(row: Row, because: str, *, done: bool) -> Iterator[str]:
    name = row["repository"]
    if done:
        yield f"{name} is deleted; its name stays reserved"
        return
    services = dict.fromkeys(one["service"] for one in row["serving"])
    yield f"All commits of {name} would be deleted. Its artifacts and its history stay, and so does its name."
    yield from _affected(row, done=False)
    for service in services:
        yield f"  first:  andon service remove {service} --yes  (or  andon service transfer {service} --to REPOSITORY)"
    yield f"Nothing was changed. To do it:  andon repository delete {name} --because {shlex.quote(because)} --yes"


def approve(repository: str, commit: str, *, session: Here) -> None:
    """Let a change of protected files land: another person's, which stands on a branch.

    Parameters
    ----------
    repository:
        Where it is to land: line, or one whose files line.toml protects.
    commit:
        The branch's newest commit, whole, by its first digits, or as git here calls it.
    """
    body = {"repository": repository, "commit": resolve_commit(commit)}
    given: Row = session.api.post("/api/v1/approvals", body)
    session.show(given, lambda row: _given(session, row))


def _given(session: Session, row: Row) -> str:
    push = f"git push andon {row['commit'][:7]}:main"
    return f"{session.paint.lamp('success', row['commit'][:7])} may land in {row['repository']}\n  its author:  {push}"
