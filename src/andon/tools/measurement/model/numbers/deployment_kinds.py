"""What each deployment of a place was: the first one, something new, a step back, the same again, or nothing."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from andon.kernel.ids import RepositoryName
from andon.tools.measurement.model.facts import Deployment

#: the first that is known of a repository in a place: nothing stands before it
SEED: Final = 0
#: a revision that was not here before
CHANGE: Final = 1
#: the revision that was here already: nothing changed
REDEPLOY: Final = 2
#: back to an earlier revision
ROLLBACK: Final = 3
#: forward again to a revision that was here before
AGAIN: Final = 4
#: failed, broke off or was stopped
UNSUCCESSFUL: Final = 5
#: a step back, as the deployer says, to a revision that was never seen here: it may bring something all the same
BACK_TO_UNSEEN: Final = 6

#: by kind: did it bring something, or bring it again?
FORWARD: Final = frozenset({SEED, CHANGE, AGAIN})

#: numbers below this are shared
SHARED: Final = 65_536

#: by kind: did it change what runs?
EFFECTIVE: Final = (True, True, False, True, True, False, True)


class StepBack(NamedTuple):
    """A step back to an earlier revision, by numbers of deployments."""

    #: which deployment went back
    by: int
    #: the first one that it undid; -1 when nothing stood before
    undid: int
    #: the first one after the newest time that what it went back to was here, a step back or not; -1 as above
    followed: int
    #: the deployer said so, rather than the order of revisions
    said: bool


#: small numbers, each one object however many places have it: a thousand places with a thousand revisions each need
#: a thousand of them, not a million
_SAME: list[int] = []


def _same(number: int) -> int:
    if number >= SHARED:
        return number
    while len(_SAME) <= number:
        _SAME.append(len(_SAME))
    return _SAME[number]


class _Line:
    """What was put into one line of releases, in order."""

    __slots__ = ("ages", "numbers", "places", "standing")

    def __init__(self) -> None:
        #: numbers of the effective deployments
        self.numbers = array("i")
        #: for each of them: the how-manieth revision of the line it put there
        self.ages = array("i")
        #: by digest: where it stands in `numbers`, the newest time
        self.places: dict[str, int] = {}
        #: where those stand in `numbers` that were no step back and that no step back undid, oldest revision first
        self.standing = array("i")

    def put(self, digest: str, number: int, kind: int) -> None:
        """Take the next one in."""
        place = self.places.get(digest, -1)
        age = self.ages[place] if place >= 0 else len(self.ages)
        if kind == BACK_TO_UNSEEN and self.ages:
            age = self.ages[-1]  # older than what it undid: forward to that again is no step back
        if digest:
            self.places[digest] = _same(len(self.numbers))
        if kind in FORWARD:
            self.standing.append(len(self.numbers))
        self.numbers.append(number)
        self.ages.append(age)

    def undo(self, digest: str) -> int:
        """The number of the first that is undone by going back to a revision; -1 when nothing stood before.

        What is newer than the revision stands no longer, so going back undoes each once: with V1, V2, V3, V1 that is V2
        (and V3), with V1, V2, V1, V3, V2 it is V3, for V2 was undone before, and going back to V1 broke nothing. A step
        back is only undone itself where nothing else is, as when somebody goes back from it.
        """
        if not self.numbers:
            return -1
        place, last, undone = self.places.get(digest, -1), len(self.numbers) - 1, -1
        while self.standing and self._is_undone(self.standing[-1], place, last):
            undone = self.standing.pop()
        return self.numbers[last if undone < 0 else undone]

    def followed(self, digest: str) -> int:
        """The number of the first after the newest time that a revision was here; -1 when nothing stood before."""
        place = self.places.get(digest, -1)
        after = place + 1 if place >= 0 else len(self.numbers) - 1
        return self.numbers[after] if after >= 0 else -1

    def _is_undone(self, one: int, place: int, last: int) -> bool:
        return one == last if place < 0 else self.ages[one] > self.ages[place]

    def is_present(self, digest: str) -> bool:
        """Is it what runs?"""
        return self.places.get(digest, -2) == len(self.numbers) - 1


class DeploymentKinds:
    """The deployments of a place, judged in their order; goes on where it stopped.

    What is said of one never depends on a later one, so the first ones are also what could be said back then.
    """

    def __init__(self) -> None:
        #: one kind a deployment
        self.kinds = bytearray()
        #: seconds since 1970
        self.finished = array("d")
        #: the steps back, oldest first
        self.steps: list[StepBack] = []
        #: those that say what they mend
        self.menders: list[int] = []
        #: by repository: the first that succeeded
        self.begun: dict[RepositoryName, int] = {}
        self._lines: dict[tuple[RepositoryName, str], _Line] = {}
        self._repositories: set[RepositoryName] = set()

    def __len__(self) -> int:
        """How many are judged."""
        return len(self.kinds)

    def go_on(self, deployments: Sequence[Deployment]) -> None:
        """Judge those that follow; the first ones must be the ones that were judged before."""
        kinds, finished = self.kinds, self.finished
        for number in range(len(kinds), len(deployments)):
            deployment = deployments[number]
            finished.append(deployment.finished_at.timestamp())
            if deployment.mends:
                self.menders.append(number)
            kinds.append(self._judged(number, deployment) if deployment.outcome == "success" else UNSUCCESSFUL)

    def span(self, begin: datetime, end: datetime) -> range:
        """The numbers of those that finished from `begin` up to `end`."""
        first = self.before(begin)
        return range(first, max(first, self.before(end)))

    def before(self, at: datetime) -> int:
        """How many finished before this instant."""
        return bisect_left(self.finished, at.timestamp())

    def _judged(self, number: int, deployment: Deployment) -> int:
        line = self._lines.get((deployment.repository, deployment.line))
        if line is None:
            line = self._lines[deployment.repository, deployment.line] = _Line()
            self.begun.setdefault(deployment.repository, number)
        digest = deployment.digest
        if line.is_present(digest):
            return REDEPLOY
        place = line.places.get(digest, -1)
        if deployment.rollback or (place >= 0 and line.ages[place] < line.ages[-1]):
            followed = line.followed(digest)
            self.steps.append(StepBack(number, line.undo(digest), followed, deployment.rollback))
            kind = ROLLBACK if place >= 0 else BACK_TO_UNSEEN
        else:
            kind = CHANGE if place < 0 else AGAIN
        if deployment.repository not in self._repositories:
            self._repositories.add(deployment.repository)
            kind = SEED
        line.put(digest, number, kind)
        return kind
