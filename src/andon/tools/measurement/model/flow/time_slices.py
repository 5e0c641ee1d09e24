"""A change's time, cut without gap or overlap into work and waiting, each with the name of where it was spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

#: why nothing was done
Waiting = Literal["pickup", "open", "batch", "queue", "again", "between", "hold", "person"]

WAITING: Final[Mapping[str, str]] = {
    "pickup": "for a reviewer to begin",
    "open": "written, no review reported",
    "batch": "until a run or a later artifact took it along",
    "queue": "for a machine to begin the run",
    "again": "while it was tried again after a failure",
    "between": "inside the run, while no task ran",
    "hold": "finished, for its turn or for somebody to ask for it",
    "person": "offered, for a person to take it",
}


class TimeSlice(NamedTuple):
    """A time in one place."""

    #: "coding", "review", "run", "publish", or an environment: where the work was, or where the waiting led to
    where: str
    #: "" for work
    waiting: Waiting | Literal[""]
    seconds: float


@dataclass(slots=True)
class TimeSlices:
    """Spans one after the other, from `begin`; a time that lies before the last one adds nothing."""

    begin: float
    at: float = field(init=False)
    spans: list[TimeSlice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = self.begin

    def work(self, where: str, until: float) -> None:
        """Something was done there."""
        self._until(where, "", until)

    def wait(self, where: str, waiting: Waiting, until: float) -> None:
        """It waited, to get there."""
        self._until(where, waiting, until)

    def after(self, begin: float) -> list[TimeSlice]:
        """The spans without what lies before that time."""
        found, cut = [], begin - self.begin
        for span in self.spans:
            left = min(span.seconds, span.seconds - cut)
            cut -= span.seconds
            if left > 0:
                found.append(span._replace(seconds=left))
        return found

    def _until(self, where: str, waiting: Waiting | Literal[""], until: float) -> None:
        if until > self.at:
            self.spans.append(TimeSlice(where, waiting, until - self.at))
            self.at = until


def union(times: Iterable[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """Stretches in which at least one of the times lies, in their order; what runs side by side counts once."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(times):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        elif end > begin:
            found.append((begin, end))
    return found
