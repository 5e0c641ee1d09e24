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

#: numbers below this are shared
SHARED: Final = 65_536

#: by kind: did it change what runs?
EFFECTIVE: Final = (True, True, False, True, True, False)


class Step(NamedTuple):
    """A step back to an earlier revision, by numbers of deployments."""

    #: which deployment went back
    by: int
    #: the first one that it undid; -1 when nothing stood before
    undid: int
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

    __slots__ = ("ages", "numbers", "places")

    def __init__(self) -> None:
        #: numbers of the effective deployments
        self.numbers = array("i")
        #: for each of them: the how-manieth revision of the line it put there
        self.ages = array("i")
        #: by digest: where it stands in `numbers`, the newest time
        self.places: dict[str, int] = {}

    def put(self, digest: str, number: int, age: int) -> None:
        """Take the next one in."""
        if digest:
            self.places[digest] = _same(len(self.numbers))
        self.numbers.append(number)
        self.ages.append(age)

    def is_present(self, digest: str) -> bool:
        """Is it what runs?"""
        return self.places.get(digest, -2) == len(self.numbers) - 1


class Judged:
    """The deployments of a place, judged in their order; goes on where it stopped.

    What is said of one never depends on a later one, so the first ones are also what could be said back then.
    """

    def __init__(self) -> None:
        #: one kind a deployment
        self.kinds = bytearray()
        #: seconds since 1970
        self.finished = array("d")
        #: the steps back, oldest first
        self.steps: list[Step] = []
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
        if deployment.rollback:
            self._step(number, line, place, said=True)
            kind = ROLLBACK
        elif place < 0:
            kind = CHANGE if deployment.repository in self._repositories else SEED
            self._repositories.add(deployment.repository)
        elif line.ages[place] < line.ages[-1]:
            self._step(number, line, place, said=False)
            kind = ROLLBACK
        else:
            kind = AGAIN
        line.put(digest, number, line.ages[place] if place >= 0 else len(line.ages))
        return kind

    def _step(self, number: int, line: _Line, place: int, *, said: bool) -> None:
        """Going back to a revision undoes what followed it: the first of those is why.

        Source: Datadog, "rollback deployments": with V1, V2, V3, V1 the culprit is V2.
        """
        undone = place + 1 if place >= 0 else len(line.numbers) - 1
        self.steps.append(Step(number, line.numbers[undone] if undone >= 0 else -1, said))
