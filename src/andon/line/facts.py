"""What the flow and the rules may know: a fold of every tool's published events, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast

from andon.kernel.envelope import Envelope
from andon.kernel.ids import (
    NO_CHAIN,
    ChainId,
    CommitId,
    Digest,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
)
from andon.line.closings import Closings
from andon.line.owners import Owners
from andon.line.protection import Protection
from andon.line.trunk_order import TrunkOrder
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import (
    EnvironmentSpec,
    LineDefined,
    PromotionFailed,
    PromotionId,
    PromotionOffered,
    PromotionRequested,
    PromotionVerified,
    ServicePlacement,
    ServiceRetired,
)
from andon.tools.delivery.facts import Cords
from andon.tools.infra.model.waiting_secrets import WaitingSecrets
from andon.tools.pipelines.events import Outcome, RunFinished, RunNumbersReserved, RunQueued
from andon.tools.source.events import ChangeLanded
from andon.tools.source.facts import Trunks


@dataclass(slots=True)
class Standing:
    """How one service stands in one environment."""

    #: what was asked for and has no verdict yet, by promotion, in the order of asking
    in_progress: dict[PromotionId, Digest] = field(default_factory=dict)
    #: what was verified here, oldest first; the last one is live
    verified: tuple[Digest, ...] = ()
    #: the newest, by the order of its trunk, that was ever asked for here, and that was ever verified here
    newest_asked: Digest | None = None
    newest_verified: Digest | None = None
    #: configuration that the last promotion carried
    config: tuple[tuple[str, str], ...] = ()
    #: port that it asked for; 0 for any
    port: int = 0
    #: the last digest that failed here, so that nobody is offered it again
    failed: Digest | None = None
    #: what was live when it was taken out
    left: Digest | None = None
    #: somebody removed it, and nobody has promoted it since
    removed: bool = False
    #: the change that the last promotion belongs to
    chain: ChainId = NO_CHAIN

    @property
    def live(self) -> Digest | None:
        return self.verified[-1] if self.verified else None

    @property
    def wanted(self) -> Digest | None:
        """What will be live when nothing fails."""
        return next(reversed(self.in_progress.values()), self.live)


_PromotionEvent = PromotionOffered | PromotionRequested | PromotionVerified | PromotionFailed
_ServiceEvent = _PromotionEvent | ServiceRetired


class Section(Protocol):
    """A fold of what one tool says, for judges. Pure."""

    def apply(self, happened: Envelope[object]) -> None: ...


S = TypeVar("S", bound=Section)


class Facts:
    """A view of the whole line, for judges: the sections that tools register, and what takes several of them to say."""

    def __init__(self, sections: Iterable[Section] = ()) -> None:
        self._sections: dict[type, Section] = {type(one): one for one in sections}
        self.trunks = self[Trunks]
        self.order = TrunkOrder()
        self.environments: tuple[EnvironmentSpec, ...] = ()
        self.placements: dict[tuple[ServiceName, EnvironmentName], ServicePlacement] = {}
        self.artifacts: dict[Digest, ArtifactPublished] = {}
        #: the newest deployable artifact of each service, by the order of its trunk
        self.newest: dict[ServiceName, ArtifactPublished] = {}
        self.owners = self[Owners]
        self.closings = self[Closings]
        self.protection = self[Protection]
        self.secrets = self[WaitingSecrets]
        self.cords = self[Cords]
        self.runs: dict[RunNumber, Outcome | None] = {}
        #: the digest that each commit of a repository became; the first one counts
        self.built: dict[tuple[RepositoryName, CommitId, str], Digest] = {}
        self.standings: dict[tuple[EnvironmentName, ServiceName], Standing] = {}
        self.last_run = RunNumber(0)

    def __getitem__(self, kind: type[S]) -> S:
        """The section of this kind; an empty one when nobody registered it."""
        if kind not in self._sections:
            self._sections[kind] = kind()
        return cast("S", self._sections[kind])

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event: into every section or, where one raises, into no more of them."""
        for section in self._sections.values():
            section.apply(happened)
        match happened.event:
            case ChangeLanded() as event:
                self.order.landed(event)
            case RunQueued() | RunFinished() as event:
                self._run(event)
            case RunNumbersReserved() as event:
                self.last_run = RunNumber(max(self.last_run, event.up_to))
            case ArtifactPublished() as event:
                self._published(event)
            case LineDefined() as event:
                self._defined(event)
            case event if isinstance(event, _ServiceEvent):
                self._service(event, happened.chain)
            case _:
                return

    def standing(self, environment: EnvironmentName, service: ServiceName) -> Standing:
        """How a service stands in an environment; an empty standing when it was never there."""
        return self.standings.get((environment, service)) or Standing()

    def services(self) -> Iterator[ServiceName]:
        """Every service that was ever published."""
        return iter(tuple(self.newest))

    def serving(self, repository: RepositoryName) -> tuple[tuple[ServiceName, EnvironmentName], ...]:
        """Where the services that a repository owns are live, or on their way."""
        return tuple(
            (service, environment)
            for (environment, service), standing in sorted(self.standings.items())
            if standing.wanted and self.owners.owner(service) == repository
        )

    def before(self, environment: EnvironmentName) -> EnvironmentSpec | None:
        """The environment before this one in the chain; None for the first, and for one that is not in the chain."""
        return self._neighbour(environment, -1)

    def after(self, environment: EnvironmentName) -> EnvironmentSpec | None:
        """The environment after this one in the chain; None for the last."""
        return self._neighbour(environment, 1)

    def overtaken_by(self, environment: EnvironmentName, artifact: ArtifactPublished) -> ArtifactPublished | None:
        """A newer commit's artifact that came here first, or comes here by itself; None when there is none.

        Into the first environment comes what is published, into every other what was verified in the one before.
        """
        assert artifact.service is not None  # noqa: S101  (only services are delivered)
        before = self.before(environment)
        coming = (
            self.standing(before.name, artifact.service).newest_verified if before else self._newest(artifact.service)
        )
        here = self.standing(environment, artifact.service).newest_asked
        known = (self.artifacts[digest] for digest in (here, coming) if digest in self.artifacts)
        return next((one for one in known if self.order.is_newer(one, artifact)), None)

    def config(self, environment: EnvironmentName, service: ServiceName) -> tuple[tuple[str, str], ...]:
        """The configuration that the line declares for a service in an environment, in the order of its names."""
        placement = self.placements.get((service, environment))
        return tuple(sorted(placement.config)) if placement else ()

    def port(self, environment: EnvironmentName, service: ServiceName) -> int:
        """The port that the line declares for it; 0 when it may be any."""
        placement = self.placements.get((service, environment))
        return placement.port if placement else 0

    def is_as_declared(self, environment: EnvironmentName, service: ServiceName) -> bool:
        """Was it last promoted with the configuration and the port that the line declares?"""
        standing = self.standing(environment, service)
        same_port = self.port(environment, service) in {0, standing.port}
        return same_port and standing.config == self.config(environment, service)

    def _newest(self, service: ServiceName) -> Digest | None:
        return self.newest[service].digest if service in self.newest else None

    def _newer(self, known: Digest | None, other: Digest) -> Digest:
        """The newer one of two artifacts by the order of their trunk; the other when that says nothing."""
        if known not in self.artifacts or other not in self.artifacts:
            return other
        return known if self.order.is_newer(self.artifacts[known], self.artifacts[other]) else other

    def _neighbour(self, environment: EnvironmentName, step: int) -> EnvironmentSpec | None:
        names = [e.name for e in self.environments]
        if environment not in names:
            return None
        at = names.index(environment) + step
        return self.environments[at] if 0 <= at < len(names) else None

    def _run(self, event: RunQueued | RunFinished) -> None:
        self.last_run = RunNumber(max(self.last_run, event.number))
        self.runs[event.number] = event.outcome if isinstance(event, RunFinished) else None
        if isinstance(event, RunFinished):
            self.order.ran(event)

    def _published(self, event: ArtifactPublished) -> None:
        self.artifacts[event.digest] = event
        self.order.published(event)
        self.built.setdefault((event.repository, event.commit, event.name), event.digest)
        if event.service is not None:
            self.newest[event.service] = self.artifacts[self._newer(self._newest(event.service), event.digest)]

    def _defined(self, event: LineDefined) -> None:
        self.environments = event.environments
        self.placements = {(p.service, p.environment): p for p in event.placements}
        for place, standing in self.standings.items():
            if not self.is_as_declared(*place):
                standing.failed = None  # with another configuration or port it may do well

    def _service(self, event: _ServiceEvent, chain: ChainId) -> None:
        if isinstance(event, ServiceRetired):  # what comes back, comes through the environment before
            left = self.standing(event.environment, event.service).live
            self.standings[event.environment, event.service] = Standing(removed=event.by_hand, left=left)
        else:
            self._promotion(event, chain)

    def _promotion(self, event: _PromotionEvent, chain: ChainId) -> None:
        standing = self.standings.setdefault((event.environment, event.service), Standing())
        standing.chain = chain
        match event:
            case PromotionRequested():
                standing.in_progress[event.promotion] = event.digest
                standing.removed = False
                standing.newest_asked = self._newer(standing.newest_asked, event.digest)
                standing.config, standing.port = event.config, event.port
            case PromotionVerified():
                standing.in_progress.pop(event.promotion, None)
                standing.newest_verified = self._newer(standing.newest_verified, event.digest)
                standing.failed = None
                standing.verified = (*(d for d in standing.verified if d != event.digest), event.digest)
            case PromotionFailed():
                standing.in_progress.pop(event.promotion, None)
                if (
                    event.outcome == "failure" and not event.restart
                ):  # what the cord stopped, or a newer request, may still do well
                    standing.failed = event.digest
