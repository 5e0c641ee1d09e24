"""What is measured: every fact that the ledger tells, folded as it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.ids import EnvironmentName, RunNumber, ServiceName, stream_key
from andon.kernel.refusal import CommandRefused
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import (
    LineDefined,
    PromotionFailed,
    PromotionOffered,
    PromotionRequested,
    PromotionVerified,
)
from andon.tools.measurement.events import CommitsWalked, FactsReceived
from andon.tools.measurement.folds.commits import CommitFacts
from andon.tools.measurement.folds.promotions import Promotions
from andon.tools.measurement.folds.runs import RunFacts
from andon.tools.measurement.model.facts import FactId, Publication, RuleRefusal
from andon.tools.measurement.model.history import History
from andon.tools.pipelines.events import (
    PackingStarted,
    PipelineRead,
    RunFinished,
    RunQueued,
    TaskFinished,
    TaskReused,
    TaskStarted,
)
from andon.tools.source.events import BranchPushed, ChangeLanded, RepositoryCreated, TrunkChanged

Fold = Callable[[Envelope[Any]], None]


class Measured:
    """One History of all that is known: from the ledger's own events, and from what other tools reported."""

    def __init__(self) -> None:
        self.history = History()
        #: of the line, in their order; empty when nobody defined them
        self.environments: tuple[EnvironmentName, ...] = ()
        self._folds: dict[type, Fold] = {
            **_own(self.history),
            LineDefined: self._line,
            ArtifactPublished: self._published,
            CommandRefused: self._refused,
            FactsReceived: self._told,
            CommitsWalked: self._walked,
        }

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        fold = self._folds.get(type(happened.event))
        if fold is not None:
            fold(happened)

    def _line(self, happened: Envelope[LineDefined]) -> None:
        self.environments = tuple(environment.name for environment in happened.event.environments)

    def _published(self, happened: Envelope[ArtifactPublished]) -> None:
        event = happened.event
        self.history.add(
            Publication(
                id=FactId(f"ledger/{event.name}/{event.version}"),
                service=event.service or ServiceName(event.name),
                repository=event.repository,
                commit=event.commit,
                digest=event.digest,
                version=event.version,
                at=happened.at,
                provenance=bool(event.provenance),
                link=f"/artifacts/{event.name}/{event.version}",
            )
        )

    def _refused(self, happened: Envelope[CommandRefused]) -> None:
        event = happened.event
        self.history.add(
            RuleRefusal(
                id=FactId(f"ledger/{happened.position}"),
                rule=event.rule,
                what=f"{event.command}: {event.reason}",
                by=happened.actor,
                at=happened.at,
                link=f"/ledger/{happened.position}",
            )
        )

    def _told(self, happened: Envelope[FactsReceived]) -> None:
        for fact in happened.event.facts():
            self.history.add(fact)

    def _walked(self, happened: Envelope[CommitsWalked]) -> None:
        for commit in happened.event.commits:
            self.history.add(commit)


def _own(history: History) -> dict[type, Fold]:
    """How the events of the stations before this one are folded."""
    commits, runs, promotions = CommitFacts(history), RunFacts(history), Promotions(history)

    def task(happened: Envelope[Any]) -> None:
        runs.task(_run(happened), happened.event)

    return {
        RepositoryCreated: lambda happened: commits.created(happened.event),
        TrunkChanged: lambda happened: commits.created(happened.event),
        BranchPushed: lambda happened: commits.pushed(happened.event, happened),
        ChangeLanded: lambda happened: commits.landed(happened.event, happened),
        RunQueued: lambda happened: runs.queued(happened.event),
        PipelineRead: lambda happened: runs.read(_run(happened), happened.event),
        TaskStarted: task,
        TaskReused: task,
        TaskFinished: task,
        PackingStarted: task,
        RunFinished: lambda happened: runs.finished(happened.event),
        PromotionOffered: lambda happened: promotions.offered(happened.event, happened),
        PromotionRequested: promotions.requested,
        PromotionVerified: lambda happened: promotions.verified(happened.event, happened),
        PromotionFailed: lambda happened: promotions.failed(happened.event, happened),
    }


def _run(happened: Envelope[Any]) -> RunNumber:
    return RunNumber(int(stream_key(happened.stream)))
