"""A change's journey: from the commit to everything it became, on one time axis; work solid, waiting hatched. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.envelope import Envelope
from andon.kernel.refusal import CommandRefused
from andon.tools.artifacts.events import ArtifactPublished, ArtifactSuperseded
from andon.tools.delivery.events import (
    PromotionFailed,
    PromotionOffered,
    PromotionRequested,
    PromotionVerified,
    RolloutStarted,
)
from andon.tools.pipelines.events import (
    PackingStarted,
    RunFinished,
    RunQueued,
    TaskFinished,
    TaskReused,
    TaskStarted,
)
from andon.tools.source.events import BranchPushed, ChangeLanded, PushedCommit

Kind = Literal["work", "wait", "moment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One stretch of the journey."""

    #: "unit", "package", "into test"
    name: str
    kind: Kind
    begin: datetime
    #: None while it goes on
    end: datetime | None
    #: "running", "success", "failure" …
    state: str
    #: a sentence for the table: what came of it
    outcome: str = ""
    address: str = ""

    def length(self, now: datetime) -> timedelta:
        """How long it took, or has taken so far."""
        return (self.end or now) - self.begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A rule that said no on the way."""

    at: datetime
    actor: str
    rule: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Everything that followed from one commit."""

    repository: str
    commit: str
    subject: str
    author: str
    authored_at: datetime | None
    began_at: datetime
    legs: tuple[Leg, ...]
    refusals: tuple[Refusal, ...]
    runs: tuple[int, ...]
    artifact: ArtifactPublished | None
    #: environment, service, state, instant: where it came to
    places: tuple[tuple[str, str, str, datetime], ...]
    #: how many ledger entries belong to it
    entries: int

    @property
    def stopped_by(self) -> Leg | None:
        """The first leg that did not succeed and was not done again since."""
        last = {leg.name: leg for leg in self.legs}
        return next((leg for leg in last.values() if leg.state in {"failure", "error"}), None)

    @property
    def state(self) -> str:
        """The word for the whole: running, failure, cancel, waiting or success."""
        states = [leg.state for leg in self.legs]
        if "running" in states:
            return "running"
        if self.stopped_by is not None:
            return "failure"
        return next((word for word in ("waiting", "cancel", "skip") if word in states), "success")


def journey(repository: str, commit: str, history: Sequence[Envelope[object]]) -> Journey:
    """The journey that the chain's events tell, in their order. `history` has at least one event."""
    about = _about(commit, history)
    legs = _Legs()
    for happened in _without_restarts(history):
        legs.add(happened)
    return Journey(
        repository=repository,
        commit=commit,
        subject=about.subject if about else "",
        author=about.author if about else str(history[0].actor),
        authored_at=about.authored_at if about else None,
        began_at=history[0].at,
        legs=tuple(sorted(legs.all(), key=lambda leg: leg.begin)),
        refusals=tuple(_refusals(history)),
        runs=tuple(dict.fromkeys(h.event.number for h in history if isinstance(h.event, RunQueued))),
        artifact=next((h.event for h in history if isinstance(h.event, ArtifactPublished)), None),
        places=legs.places(),
        entries=len(history),
    )


def _about(commit: str, history: Iterable[Envelope[object]]) -> PushedCommit | None:
    for happened in history:
        if isinstance(happened.event, BranchPushed | ChangeLanded):
            return next((one for one in happened.event.commits if one.commit == commit), None)
    return None


def _refusals(history: Iterable[Envelope[object]]) -> Iterable[Refusal]:
    for h in history:
        if isinstance(h.event, CommandRefused):
            yield Refusal(at=h.at, actor=str(h.actor), rule=h.event.rule, reason=h.event.reason, remedy=h.event.remedy)


def _without_restarts(history: Iterable[Envelope[object]]) -> Iterable[Envelope[object]]:
    """A restart brings the change nowhere."""
    restarts = set()
    for happened in history:
        if isinstance(happened.event, PromotionRequested) and happened.event.restart:
            restarts.add(happened.event.promotion)
        if getattr(happened.event, "promotion", None) not in restarts:
            yield happened


class _Legs:
    """The legs that have begun, by what they are about; a later event ends them."""

    def __init__(self) -> None:
        self._open: dict[str, Leg] = {}
        self._ended: list[Leg] = []
        self._places: dict[tuple[str, str], tuple[str, str, str, datetime]] = {}

    def all(self) -> tuple[Leg, ...]:
        """Ended ones and those that go on."""
        return (*self._ended, *self._open.values())

    def places(self) -> tuple[tuple[str, str, str, datetime], ...]:
        """Where the change came to, the last word on each place."""
        return tuple(self._places.values())

    def add(self, happened: Envelope[object]) -> None:
        """Take one event into account."""
        match happened.event:
            case ChangeLanded():
                self._moment("landed on trunk", happened)
            case (
                RunQueued() | TaskStarted() | TaskReused() | TaskFinished() | PackingStarted() | RunFinished() as event
            ):
                self._run(event, happened)
            case ArtifactPublished() as event:
                address = f"/artifacts/{event.name}/{event.version}"
                self._moment(f"{event.name} {event.version} published", happened, address)
            case ArtifactSuperseded() as event:
                address = f"/artifacts/{event.name}/{event.version}"
                self._moment(f"{event.name} {event.version} superseded by {event.by}", happened, address)
            case PromotionOffered() | PromotionRequested() | PromotionVerified() | PromotionFailed() as event:
                self._place(event, happened)
            case RolloutStarted() as event:
                environment, service, _ = event.promotion.rsplit("/", 2)
                self._begin(f"{environment}/{service}", f"into {environment}", happened, kind="work")
            case _:
                return

    def _run(
        self,
        event: RunQueued | TaskStarted | TaskReused | TaskFinished | PackingStarted | RunFinished,
        happened: Envelope[object],
    ) -> None:
        run = happened.stream.removeprefix("run/")
        match event:
            case RunQueued():
                self._begin(f"queue/{run}", f"run {run} in the queue", happened, kind="wait", address=f"/runs/{run}")
            case TaskStarted():
                self._end(f"queue/{run}", happened, "success")
                address = f"/runs/{run}/{event.task}"
                self._begin(f"task/{run}/{event.task}", str(event.task), happened, kind="work", address=address)
            case TaskReused():
                self._end(f"queue/{run}", happened, "success")
                self._moment(f"{event.task} reused from run {event.run}", happened, f"/runs/{event.run}/{event.task}")
            case TaskFinished():
                self._end(f"task/{run}/{event.task}", happened, event.outcome, event.reason)
            case PackingStarted():
                self._begin(f"pack/{run}", "artifact packed", happened, kind="work", address=f"/runs/{run}")
            case RunFinished():
                self._finished(event, happened, run)

    def _finished(self, event: RunFinished, happened: Envelope[object], run: str) -> None:
        if event.outcome in {"failure", "error"} and f"queue/{run}" in self._open:
            # it never came to a task; the queue is not to blame
            self._end(f"queue/{run}", happened, "success")
            self._begin(f"read/{run}", f"run {run}", happened, kind="work", address=f"/runs/{run}")
        for what in ("queue", "read", "pack"):
            self._end(f"{what}/{run}", happened, event.outcome, event.reason)

    def _place(
        self,
        event: PromotionOffered | PromotionRequested | PromotionVerified | PromotionFailed,
        happened: Envelope[object],
    ) -> None:
        place = f"{event.environment}/{event.service}"
        state = "running"
        match event:
            case PromotionOffered():
                state = "waiting"
                self._begin(place, f"waits for promotion into {event.environment}", happened, kind="wait")
            case PromotionRequested():
                self._begin(place, f"waits its turn into {event.environment}", happened, kind="wait")
            case PromotionVerified():
                state = "success"
                self._end(place, happened, state, "verified")
            case PromotionFailed():
                state = "failure"
                self._end(place, happened, state, event.reason)
        self._places[event.environment, event.service] = (event.environment, event.service, state, happened.at)

    def _begin(self, key: str, name: str, happened: Envelope[object], *, kind: Kind, address: str = "") -> None:
        self._end(key, happened, "success")
        state = "waiting" if kind == "wait" else "running"
        where = address or f"/environments/{key}"
        self._open[key] = Leg(name=name, kind=kind, begin=happened.at, end=None, state=state, address=where)

    def _end(self, key: str, happened: Envelope[object], state: str, outcome: str = "") -> None:
        leg = self._open.pop(key, None)
        if leg is not None:
            self._ended.append(replace(leg, end=happened.at, state=state, outcome=outcome))

    def _moment(self, name: str, happened: Envelope[object], address: str = "") -> None:
        self._ended.append(
            Leg(name=name, kind="moment", begin=happened.at, end=happened.at, state="success", address=address)
        )
