"""Approving a commit that changes what is protected: the same for the page, the API and the terminal."""

from __future__ import annotations

from andon.engine.callers_desk import CallersDesk
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import CommitId, RepositoryName, chain_of, stream
from andon.tools.source.model.repository import NOUN
from andon.tools.source.model.repository_commands import ApproveChange
from andon.tools.source.views import Repositories


async def approve(
    desk: CallersDesk, repositories: Repositories, repository: str, commit: str
) -> tuple[RepositoryName, CommitId]:
    """Let the trunk become the commit that is meant. Errors: Forbidden, Refused, NotFound, Invalid."""
    desk.require_for(ApproveChange)
    name = repositories.get(repository).repository
    meant = _meant(repositories, name, commit)
    command = ApproveChange(repository=name, commit=meant)
    await desk.submit(stream(NOUN.kind, name), command, chain=chain_of(name, meant))
    return name, meant


def _meant(repositories: Repositories, repository: RepositoryName, commit: str) -> CommitId:
    """The whole id of a commit of the repository. Errors: NotFound, Invalid."""
    found = {seen.commit.commit for seen in repositories.commits(commit.lower()) if seen.repository == repository}
    if len(found) > 1:
        raise Invalid(f"{commit[:80]} may be several commits of {repository}: give more of its digits.")
    if not found:
        raise NotFound(f"Nobody pushed a commit {commit[:80]} to {repository}. Push it to a branch first.")
    return found.pop()
