"""Finds the journey of a change in the ledger."""

from __future__ import annotations

from andon.engine.codec import Codec
from andon.kernel.envelope import Envelope
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import CommitId, RepositoryName, chain_of, parse_commit, short
from andon.ledger.ledger import Ledger
from andon.line.changes import Changes
from andon.line.journey import Journey, journey
from andon.line.trace import Trace, trace, with_rollbacks

FULL = 40  #: digits of a whole commit id
LONGEST = 2000  #: entries of one change that are told


class Journeys:
    """Reads chains of the ledger as journeys."""

    def __init__(self, ledger: Ledger, codec: Codec, changes: Changes) -> None:
        self._ledger = ledger
        self._codec = codec
        self._changes = changes

    async def of(self, repository: str, commit: str) -> Journey:
        """The journey of a commit, named whole or by its first digits. Errors: NotFound."""
        whole = self._whole(repository, commit)
        return journey(repository, whole, await self._history(RepositoryName(repository), whole))

    async def trace(self, commit: str) -> Trace:
        """Where a commit went, named whole or by its first digits, in whichever repository. Errors: NotFound."""
        repositories = {change.repository for change in self._changes.find(commit)}
        if not repositories and len(commit) < FULL:
            raise NotFound(f"No change begins with {commit[:40]}. See what was pushed with: andon runs")
        repositories = repositories or set(self._changes.repositories())
        for repository in sorted(repositories):
            whole = self._whole(repository, commit)
            try:
                found = trace(repository, whole, await self._history(repository, whole))
            except NotFound:
                continue
            stays = (stay for change in self._changes.find(whole) for stay in change.stays.values())
            return with_rollbacks(found, stays)
        raise NotFound(f"Nothing is known of {commit[:40]}. Was it pushed to this server?")

    async def _history(self, repository: RepositoryName, commit: CommitId) -> tuple[Envelope[object], ...]:
        entries = await self._ledger.read(chain=chain_of(repository, commit), limit=LONGEST)
        if not entries:
            raise NotFound(f"Nothing is known of {repository} {short(commit)}. Was it pushed to this server?")
        return tuple(self._codec.decode(entry) for entry in entries)

    def _whole(self, repository: str, commit: str) -> CommitId:
        found = {change.commit for change in self._changes.find(commit) if change.repository == repository}
        if len(found) == 1:
            return found.pop()
        try:
            return parse_commit(commit)
        except Invalid:
            some = "Several changes begin" if found else "No change begins"
            raise NotFound(f"{some} with {commit[:40]} in {repository[:64]}. Give more of its digits.") from None
