"""The commands of source: approve, repository."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from andon.console.commits import commit_meant
from andon.console.session import Session
from andon.console.tables import table

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]


repository = App(name="repository", help="Repositories and their trunks.")


@repository.default
def list_repositories(*, session: Here) -> None:
    """Every repository, its trunk, and how many branches it has."""
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
    changed: Row = session.api.post(f"/api/v1/repositories/{quote(name, safe='')}/trunk", {"branch": branch})
    session.show(changed, lambda row: f"the trunk of {row['repository']} is {row['trunk']}")


def approve(repository: str, commit: str, *, session: Here) -> None:
    """Let a change of protected files land: another person's, which stands on a branch.

    Parameters
    ----------
    repository:
        Where it is to land: line, or one whose files line.toml protects.
    commit:
        The branch's newest commit, whole, by its first digits, or as git here calls it.
    """
    body = {"repository": repository, "commit": commit_meant(commit)}
    given: Row = session.api.post("/api/v1/approvals", body)
    session.show(given, lambda row: _given(session, row))


def _given(session: Session, row: Row) -> str:
    push = f"git push andon {row['commit'][:7]}:main"
    return f"{session.paint.lamp('success', row['commit'][:7])} may land in {row['repository']}\n  its author:  {push}"
