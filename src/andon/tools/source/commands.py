"""The commands of source: approve."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from andon.console.commits import commit_meant
from andon.console.session import Session

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]


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
