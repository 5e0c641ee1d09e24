"""The commits of one repository and who follows whom, by number: a long history is small and quick to walk."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from andon.kernel.ids import CommitId
from andon.tools.measurement.model.facts import Commit


class CommitGraph:
    """Numbers for commits, counted from 0 as they become known; a parent that nobody reported yet has a number too."""

    def __init__(self) -> None:
        self._numbers: dict[CommitId, int] = {}
        self.ids: list[CommitId] = []
        self.parents: list[tuple[int, ...]] = []
        #: seconds since 1970
        self.committed = array("d")
        self.authored = array("d")
        self.authors: list[str] = []
        self.subjects: list[str] = []
        #: 1 for what was reported, 0 for what was only named as a parent: there the history is cut
        self._told = bytearray()
        #: goes up with every commit that was named as a parent before it was reported
        self.filled = 0

    def __len__(self) -> int:
        """How many numbers are given."""
        return len(self.ids)

    def add(self, commit: Commit) -> bool:
        """Take a commit in; False when it was known, for a commit never changes."""
        many = len(self.ids)
        number = self._number(commit.id)
        if self._told[number]:
            return False
        self.filled += number < many
        self._told[number] = 1
        self.parents[number] = tuple(self._number(parent) for parent in commit.parents)
        self.committed[number] = commit.committed_at.timestamp()
        self.authored[number] = commit.authored_at.timestamp()
        self.authors[number] = commit.author
        self.subjects[number] = commit.subject
        return True

    def number(self, commit: CommitId) -> int | None:
        """The number of a commit that was reported; None for others."""
        number = self._numbers.get(commit)
        return number if number is not None and self._told[number] else None

    def is_told(self, number: int) -> bool:
        """Is anything known but its id?"""
        return bool(self._told[number])

    def is_merge(self, number: int) -> bool:
        """Has it more than one parent?"""
        return len(self.parents[number]) > 1

    def take_new(self, starts: Iterable[int], seen: bytearray) -> tuple[int, ...]:
        """What can be reached from the starts and was not seen before, marked as seen now.

        `seen` grows as needed. Over all calls with the same `seen` every commit is visited once.
        """
        if len(seen) < len(self.ids):
            seen.extend(bytes(len(self.ids) - len(seen)))
        found: list[int] = []
        ahead = list(starts)
        while ahead:
            number = ahead.pop()
            if seen[number]:
                continue
            seen[number] = 1
            if self._told[number]:
                found.append(number)
                ahead.extend(self.parents[number])
        return tuple(found)

    def _number(self, commit: CommitId) -> int:
        number = self._numbers.get(commit)
        if number is not None:
            return number
        number = self._numbers[commit] = len(self.ids)
        self.ids.append(commit)
        self.parents.append(())
        self.committed.append(0.0)
        self.authored.append(0.0)
        self.authors.append("")
        self.subjects.append("")
        self._told.append(0)
        return number
