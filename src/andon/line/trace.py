"""From a commit to everywhere it went: one line for its run, its artifact and each environment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from andon.kernel.envelope import Envelope
from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, short
from andon.kernel.refusal import CommandRefused
from andon.line.change import EnvironmentProgress
from andon.tools.artifacts.events import ArtifactPublished, ArtifactSuperseded
from andon.tools.delivery.events import PromotionFailed, PromotionOffered, PromotionRequested, PromotionVerified
from andon.tools.pipelines.events import RunFinished, RunQueued
from andon.tools.source.events import BranchPushed, ChangeLanded, PushedCommit


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of the change at one place."""

    #: "run 815", "artifact", "production"
    place: str
    #: "success", "failure", "running", "published", "offered", "verified", "failed", "refused", "rolled back"
    state: str
    at: datetime
    #: in words: a duration, a version, a reason
    detail: str
    #: address below the server's: "/runs/815"
    path: str
    #: from the commit to here; None where nothing arrived
    lead_time: timedelta | None = None
    #: what to do next; "" when nothing waits for anybody
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A commit and everything that followed from it."""

    repository: RepositoryName
    commit: CommitId
    subject: str
    author: str
    #: None when the commit itself was not among those that were recorded
    committed_at: datetime | None
    steps: tuple[Step, ...]


def trace(repository: RepositoryName, commit: CommitId, history: Sequence[Envelope[object]]) -> Trace:
    """The trace that the chain's events tell; the last word on each place counts."""
    about = _about(commit, history)
    steps: dict[str, Step] = {}
    for happened in history:
        if getattr(happened.event, "restart", False):
            continue  # it brings the change nowhere
        step = _step(happened, about)
        if step is not None:
            steps[step.place] = step
    return Trace(
        repository=repository,
        commit=commit,
        subject=about.subject if about else "",
        author=about.author if about else "",
        committed_at=about.committed_at if about else None,
        steps=tuple(steps.values()),
    )


def with_rollbacks(found: Trace, stays: Iterable[EnvironmentProgress]) -> Trace:
    """The trace, where the change was gone back from after it was verified: that is told by another change's chain."""
    gone = {
        stay.environment: Step(
            place=stay.environment,
            state="rolled back",
            at=stay.at,
            detail=f"{stay.service} {stay.version}, by {stay.by}",
            path=f"/environments/{stay.environment}/{stay.service}",
        )
        for stay in stays
        if stay.phase == "rolled back"
    }
    return replace(found, steps=tuple(gone.get(EnvironmentName(step.place), step) for step in found.steps))


def _about(commit: CommitId, history: Iterable[Envelope[object]]) -> PushedCommit | None:
    for happened in history:
        if isinstance(happened.event, BranchPushed | ChangeLanded):
            return next((one for one in happened.event.commits if one.commit == commit), None)
    return None


def _step(happened: Envelope[object], about: PushedCommit | None) -> Step | None:
    match happened.event:
        case RunQueued() as event:
            return _run(event, happened.at, "running", "")
        case RunFinished() as event:
            return _run(event, happened.at, event.outcome, event.reason or f"{event.took.total_seconds():.1f} s")
        case ArtifactPublished() | ArtifactSuperseded() as event:
            return _artifact(event, happened.at)
        case PromotionOffered() | PromotionRequested() | PromotionVerified() | PromotionFailed() as event:
            return _place(event, happened.at, about)
        case CommandRefused() as event:
            return Step(
                place=f"refused {happened.position}",
                state="refused",
                at=happened.at,
                detail=f"{event.command}: {event.rule}: {event.reason}",
                path=f"/ledger/{happened.position}",
                next=event.remedy,
            )
        case _:
            return None


def _run(event: RunQueued | RunFinished, at: datetime, state: str, detail: str) -> Step:
    return Step(place=f"run {event.number}", state=state, at=at, detail=detail, path=f"/runs/{event.number}")


def _artifact(event: ArtifactPublished | ArtifactSuperseded, at: datetime) -> Step:
    state, about = "published", f"sha256:{short(event.digest)}…"
    if isinstance(event, ArtifactSuperseded):
        state, about = "superseded", f"superseded by {event.by}, which is of a newer commit"
    path = f"/artifacts/{event.name}/{event.version}"
    return Step(place="artifact", state=state, at=at, detail=f"{event.name} {event.version}  {about}", path=path)


def _place(
    event: PromotionOffered | PromotionRequested | PromotionVerified | PromotionFailed,
    at: datetime,
    about: PushedCommit | None,
) -> Step:
    state, detail, following = "offered", f"{event.service} {event.version} waits", ""
    lead_time = None
    match event:
        case PromotionOffered():
            following = f"andon promote {event.service} --env {event.environment}"
        case PromotionRequested():
            state, detail = "running", f"{event.service} {event.version}"
        case PromotionVerified():
            state, detail = "verified", f"{event.service} {event.version}"
            lead_time = at - about.committed_at if about else None
        case PromotionFailed():
            state, detail = "failed", f"{event.phase}: {event.reason}"
    return Step(
        place=event.environment,
        state=state,
        at=at,
        detail=detail,
        path=f"/environments/{event.environment}/{event.service}",
        lead_time=lead_time,
        next=following,
    )
