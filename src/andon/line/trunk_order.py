"""The order in which commits came to each trunk: git's, whatever was built or finished first."""

from __future__ import annotations

from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.artifacts.events import ArtifactPublished, Landing
from andon.tools.pipelines.events import RunFinished
from andon.tools.source.events import ChangeLanded

#: which change brought a commit, and how far it is behind that change's newest commit (0, -1, …); greater is newer
Place = tuple[int, int]
#: of a commit that no change on the trunk named; older than all that one did
NOWHERE: Place = (0, 0)

_Commit = tuple[RepositoryName, CommitId]


class TrunkOrder:
    """A fold of what landed, was built and was published."""

    def __init__(self) -> None:
        self._places: dict[_Commit, Place] = {}
        #: the newest commit of each change, oldest first
        self._heads: dict[RepositoryName, list[CommitId]] = {}
        #: first part of the versions that a commit's pipeline makes, once its run has ended; "" makes none
        self._prefixes: dict[_Commit, str] = {}
        self._published: set[_Commit] = set()

    def landed(self, event: ChangeLanded) -> None:
        """A change came to the trunk."""
        heads = self._heads.setdefault(event.repository, [])
        heads.append(event.commit)
        for behind, brought in enumerate(event.commits):
            self._places[event.repository, brought.commit] = (len(heads), -behind)
        self._places[event.repository, event.commit] = (len(heads), 0)

    def ran(self, event: RunFinished) -> None:
        """A run has its verdict."""
        if event.trunk:
            self._prefixes[event.repository, event.commit] = event.version_prefix

    def published(self, event: ArtifactPublished) -> None:
        """A commit has its version."""
        self._published.add((event.repository, event.commit))

    def is_newer(self, one: ArtifactPublished, other: ArtifactPublished) -> bool:
        """Is the other's commit an ancestor of this one's? Never, when they come from different repositories."""
        return one.repository == other.repository and self._place(one) > self._place(other)

    def landing(self, repository: RepositoryName, commit: CommitId, prefix: str) -> Landing:
        """What numbers the commit's version."""
        number, behind = self._places.get((repository, commit), NOWHERE)
        return Landing(number=number, reserved=self._reserved(repository, number, prefix), is_inside=behind < 0)

    def _place(self, artifact: ArtifactPublished) -> Place:
        return self._places.get((artifact.repository, artifact.commit), NOWHERE)

    def _reserved(self, repository: RepositoryName, number: int, prefix: str) -> int:
        """How many changes just before this one may still become versions with the prefix."""
        reserved = 0
        for head in reversed(self._heads.get(repository, [])[: max(0, number - 1)]):
            commit = (repository, head)
            if commit in self._published or self._prefixes.get(commit, prefix) != prefix:
                break
            reserved += 1
        return reserved
