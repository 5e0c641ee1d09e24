"""Archives, opens and deletes repositories for those who may: the same for the page, the API and the terminal."""

from __future__ import annotations

from andon.kernel.ids import RepositoryName
from andon.tools.source.model.removal import ArchiveRepository, DeleteRepository, UnarchiveRepository, parse_reason
from andon.tools.source.ports import Affected, Endings
from andon.tools.source.receiving import Reception
from andon.tools.source.views import Repositories
from andon.web.who import Who


class Removing:
    """Asks whether somebody may, says what is concerned, and does it."""

    def __init__(self, *, reception: Reception, repositories: Repositories, endings: Endings) -> None:
        self._reception = reception
        self._repositories = repositories
        self._endings = endings

    def affected(self, name: str) -> Affected:
        """What is concerned when the repository is archived or deleted. Errors: NotFound."""
        return self._endings.of(self._repositories.get(name).repository)

    async def archive(self, name: str, because: str, who: Who) -> Affected:
        """Refuse its pushes and cancel its runs; what serves keeps serving. Errors: Forbidden, Refused, NotFound."""
        who.require_for(ArchiveRepository)
        repository, affected = self._asked(name)
        command = ArchiveRepository(repository=repository, by=who.actor, reason=parse_reason(because))
        await self._reception.archive_or_delete(command, by=who)
        return affected

    async def unarchive(self, name: str, because: str, who: Who) -> Affected:
        """Take its pushes again. Errors: Forbidden, Refused, NotFound."""
        who.require_for(UnarchiveRepository)
        repository, affected = self._asked(name)
        command = UnarchiveRepository(repository=repository, reason=parse_reason(because))
        await self._reception.archive_or_delete(command, by=who)
        return affected

    async def delete(self, name: str, because: str, who: Who, *, sure: bool) -> Affected:
        """Delete it for ever; without `sure` only what would end. Errors: Forbidden, Refused, NotFound."""
        who.require_for(DeleteRepository)
        repository, affected = self._asked(name)
        command = DeleteRepository(repository=repository, by=who.actor, reason=parse_reason(because))
        if sure:
            await self._reception.archive_or_delete(command, by=who)
        return affected

    def _asked(self, name: str) -> tuple[RepositoryName, Affected]:
        return self._repositories.get(name).repository, self.affected(name)
