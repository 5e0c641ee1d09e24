"""What the line says to a push before anything moves: a line.toml that cannot be used is not let in."""

from __future__ import annotations

import asyncio

from andon.kernel.errors import Invalid, Refused
from andon.kernel.ids import CommitId
from andon.line.flow import LINE_REPOSITORY
from andon.tools.delivery.model.line_file import FILE_NAME, parse_line
from andon.tools.source.ports import GitRepositories, Push

ID = "line-file"


class PushJudge:
    """source.Judge for the files that define the line."""

    def __init__(self, repositories: GitRepositories) -> None:
        self._repositories = repositories

    async def judge(self, push: Push) -> Refused | None:
        """A refusal with every problem of line.toml at its place; None when there is nothing to say."""
        if push.repository != LINE_REPOSITORY:
            return None
        for update in push.updates:
            if update.branch and update.after and (refused := await self._of_line(push, update.after)):
                return refused
        return None

    async def _of_line(self, push: Push, commit: CommitId) -> Refused | None:
        data = await self._repositories.blob(push.repository, commit, FILE_NAME, quarantine=push.quarantine)
        if data is None:
            return Refused(
                ID, f"there is no {FILE_NAME} in this commit.", f"Put {FILE_NAME} at the top and push again."
            )
        try:
            await asyncio.to_thread(parse_line, data.decode(errors="replace"))
        except Invalid as error:
            return Refused(ID, str(error), f"Mend {FILE_NAME} and push again; the line stays as it is.")
        return None
