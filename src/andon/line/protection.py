"""What of the repositories only an operator changes, and who has had a hand in the changes that wait for one."""

from __future__ import annotations

from collections.abc import Iterable

from andon.kernel.envelope import Envelope
from andon.kernel.ids import Actor, CommitId, RepositoryName
from andon.standards.globs import matches_any
from andon.tools.delivery.events import LineDefined
from andon.tools.source.events import BranchPushed, ChangeApproved, ChangeLanded

#: the repository that holds line.toml
LINE_REPOSITORY = RepositoryName("line")

Place = tuple[RepositoryName, CommitId]


class Protection:
    """A fold of what is protected, what was approved, and whose work is on branches."""

    def __init__(self) -> None:
        self._paths: dict[RepositoryName, tuple[str, ...]] = {}
        self._approved: dict[Place, Actor] = {}
        #: who pushed or wrote what leads to the head of a branch
        self._hands: dict[Place, frozenset[str]] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case LineDefined() as event:
                self._paths = {one.repository: one.paths for one in event.protected}
            case BranchPushed() as event:
                self._pushed(event, happened.actor)
            case ChangeLanded() as event:
                self._hands.pop((event.repository, event.commit), None)
                self._approved.pop((event.repository, event.commit), None)
            case ChangeApproved() as event:
                self._approved[event.repository, event.commit] = happened.actor
            case _:
                return

    def is_protected(self, repository: RepositoryName) -> bool:
        """Is there anything in its trunk that only an operator changes?"""
        return repository == LINE_REPOSITORY or bool(self._paths.get(repository))

    def protected(self, repository: RepositoryName, paths: Iterable[str]) -> tuple[str, ...]:
        """Those of the changed paths that only an operator changes; in the line's repository all of them."""
        if repository == LINE_REPOSITORY:
            return tuple(paths)
        globs = self._paths.get(repository, ())
        return tuple(path for path in paths if matches_any(path, globs))

    def is_approved(self, repository: RepositoryName, commit: CommitId) -> bool:
        """Did an operator let the trunk become this commit?"""
        return (repository, commit) in self._approved

    def hands(self, repository: RepositoryName, commit: CommitId) -> frozenset[str] | None:
        """Names of those who pushed or wrote what a branch's head brings; None for what is no head of a branch."""
        return self._hands.get((repository, commit))

    def _pushed(self, event: BranchPushed, actor: Actor) -> None:
        if event.after is None:
            return
        wrote = {name for one in event.commits for name in (one.author, one.author_email.partition("@")[0])}
        before = self._hands.get((event.repository, event.before), frozenset()) if event.before else frozenset()
        place = event.repository, event.after
        known = self._hands.get(place, frozenset())
        self._hands[place] = known | before | {name.casefold() for name in (actor, *wrote)}
