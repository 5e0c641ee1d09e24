"""What runs where, how it got there, what is on its way, and what is stopped: folds of delivery's events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, Digest, EnvironmentName, ServiceName, stream_key, stream_kind
from andon.standards.known import known_name
from andon.standards.shapes import did_you_mean
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.declared import Declared
from andon.tools.delivery.model import line as line_noun
from andon.tools.delivery.model import service as service_noun
from andon.tools.delivery.model.choice import Candidate, Situation
from andon.tools.delivery.model.cord import parse_scope
from andon.tools.delivery.model.line import EnvironmentSpec
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.rollout import (
    PromotionFailed,
    PromotionRequested,
    PromotionVerified,
    SlotRestarted,
    TrafficShifted,
)
from andon.tools.delivery.model.slots import Slot, State
from andon.tools.delivery.ports import NewerSecrets

MOST_RESTARTS = 20  #: that are remembered of what has the traffic
MOST_VERDICTS = 50  #: of a service in an environment that are kept for its page


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """One promotion that has its verdict."""

    at: datetime
    #: who asked for it; "andon/flow" when it entered by itself
    by: Actor
    request: PromotionRequested
    verdict: PromotionVerified | PromotionFailed


@dataclass(slots=True, kw_only=True)
class ServiceSeen:
    """One service in one environment."""

    environment: EnvironmentName
    service: ServiceName
    state: State = service_noun.NOUN.initial
    #: when the traffic moved last
    live_since: datetime | None = None
    #: promotions with a verdict, newest first
    promoted: tuple[Promoted, ...] = ()
    asked: dict[PromotionId, tuple[Actor, PromotionRequested]] = field(default_factory=dict)
    #: when what has the traffic crashed and was started again, the newest last
    restarted: tuple[datetime, ...] = ()
    #: secrets that were set or removed since what serves was started
    newer_secrets: tuple[str, ...] = ()

    @property
    def failed(self) -> dict[Digest, str]:
        """Each artifact whose newest verdict here is a failure, and why."""
        newest = {one.verdict.digest: one.verdict for one in reversed(self.promoted)}
        return {
            digest: f"{verdict.phase}: {verdict.reason.splitlines()[0] if verdict.reason else 'no reason'}"
            for digest, verdict in newest.items()
            if isinstance(verdict, PromotionFailed) and verdict.outcome == "failure" and not verdict.restart
        }

    @property
    def last(self) -> Promoted | None:
        """The newest verdict."""
        return self.promoted[0] if self.promoted else None

    @property
    def is_there(self) -> bool:
        """Does anything of it run, wait, or listen, and was it not told to end?"""
        state = self.state
        return state.retired is None and bool(state.blue or state.green or state.queued or state.route_port)

    def weight_percent(self, slot: Slot) -> int:
        """How much of the new requests the slot gets, as far as is confirmed."""
        here = self.state.standing(slot)
        return 100 if here and here.role == "live" else 0

    def request(self, promotion: PromotionId) -> PromotionRequested:
        """What a promotion asked for. Errors: NotFound."""
        if promotion in self.asked:
            return self.asked[promotion][1]
        found = next((one.request for one in self.promoted if one.request.promotion == promotion), None)
        if found is None:
            raise NotFound(f"There is no promotion {promotion}, or it is long ago.")
        return found

    def asked_by(self, promotion: PromotionId) -> Actor | None:
        """Who asked for a promotion that has no verdict yet."""
        return self.asked[promotion][0] if promotion in self.asked else None


class Environments:
    """The line as it is defined, and every service in every environment."""

    def __init__(self, waiting_secrets: NewerSecrets | None = None) -> None:
        self.line = line_noun.NOUN.initial
        #: why the newest line.toml is not in force; "" when it is
        self.line_trouble = ""
        self.declared = Declared()
        self._seen: dict[tuple[EnvironmentName, ServiceName], ServiceSeen] = {}
        self._secrets = waiting_secrets
        self._published: dict[ServiceName, tuple[Candidate, ...]] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        kind, event = stream_kind(happened.stream), happened.event
        self.declared.apply(happened)
        if kind == service_noun.KIND and isinstance(event, service_noun.NOUN.events):
            self._service(happened)
        elif kind == line_noun.KIND and isinstance(event, line_noun.NOUN.events):
            self.line = event.evolve(self.line)
            self.line_trouble = event.reason if isinstance(event, line_noun.LineRejected) else ""
        elif isinstance(event, ArtifactPublished) and event.service is not None:
            self._publish(event.service, event)
        if kind in {service_noun.KIND, "secret"}:
            self._secrets_of(happened)

    @property
    def names(self) -> tuple[EnvironmentName, ...]:
        """The environments in their order; after them those that left the line while something runs in them."""
        here = tuple(spec.name for spec in self.line.environments)
        left = (env for (env, _), seen in self._seen.items() if env not in here and service_noun.is_open(seen.state))
        return (*here, *dict.fromkeys(left))

    @property
    def service_names(self) -> tuple[ServiceName, ...]:
        """Every service that was published or asked to be somewhere, by name."""
        return tuple(sorted({name for _, name in self._seen} | set(self._published)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was declared and matches nothing, until it does; services that their repository left behind."""
        return (*self.declared.unmatched(self.line, self.service_names), *self.left_behind.values())

    @property
    def left_behind(self) -> dict[ServiceName, str]:
        """Services that run on although their repository publishes them no more, and that in a sentence."""
        running: dict[ServiceName, tuple[EnvironmentName, ...]] = {}
        for name in self.names:
            running |= {s.service: (*running.get(s.service, ()), name) for s in self.services(name) if s.is_there}
        return dict(self.declared.left_behind(running))

    def spec(self, environment: EnvironmentName) -> EnvironmentSpec | None:
        """What the line says of an environment; None when it is not in the line."""
        return next((spec for spec in self.line.environments if spec.name == environment), None)

    def services(self, environment: EnvironmentName | None = None) -> Iterator[ServiceSeen]:
        """Every service that was ever asked to be in the environment; without one, in any."""
        for (where, _), seen in sorted(self._seen.items()):
            if environment in {None, where}:
                yield seen

    def service(self, environment: EnvironmentName, service: ServiceName) -> ServiceSeen:
        """One service in one environment. Errors: NotFound."""
        seen = self._seen.get((environment, service))
        if seen is None:
            self._check_environment(environment)
            known = did_you_mean(service, self.service_names)
            raise NotFound(f'"{service}" was never asked to be in {environment}. {known}'.strip())
        return seen

    def check_scope(self, text: str) -> None:
        """A cord with a misspelt name would stop nothing, and nobody would notice. Errors: Invalid, NotFound."""
        kind, _, name = parse_scope(text).partition("/")
        if kind == "environment":
            self._check_environment(EnvironmentName(name))
        elif kind == "service":
            self.situation(ServiceName(name))

    def _check_environment(self, environment: EnvironmentName) -> None:
        known_name(environment, self.names, "environment")

    def situation(self, service: ServiceName) -> Situation:
        """Everything that choosing what to promote needs. Errors: NotFound for a service that nobody knows."""
        makes = "A push of a repository whose andon.toml has a [service] makes one."
        known_name(service, self.service_names, "service", otherwise=makes)
        return Situation(
            service=service,
            environments=self.line.environments,
            placements=self.line.placements,
            states={env: seen.state for (env, name), seen in self._seen.items() if name == service},
            published=self._published.get(service, ()),
            failed={
                (env, digest): reason
                for (env, name), seen in self._seen.items()
                if name == service
                for digest, reason in seen.failed.items()
            },
        )

    def _service(self, happened: Envelope[object]) -> None:
        environment, _, service = stream_key(happened.stream).partition("/")
        key = EnvironmentName(environment), ServiceName(service)
        seen = self._seen.get(key)
        if seen is None:
            if not hasattr(happened.event, "promotion") and not hasattr(happened.event, "digest"):
                return  # a refused first request leaves nothing to see
            seen = self._seen[key] = ServiceSeen(environment=key[0], service=key[1])
        before = seen.state.slot_in("live")
        seen.state = happened.event.evolve(seen.state)  # type: ignore[attr-defined]  # apply checked that it is ours
        if seen.state.slot_in("live") != before:
            seen.live_since = happened.at
        _promotions(seen, happened)
        _restarts(seen, happened)

    def _secrets_of(self, happened: Envelope[object]) -> None:
        if self._secrets is None:
            return
        environment, _, service = stream_key(happened.stream).partition("/")
        seen = self._seen.get((EnvironmentName(environment), ServiceName(service)))
        if seen is not None:
            seen.newer_secrets = self._secrets.names(seen.environment, seen.service)

    def _publish(self, service: ServiceName, event: ArtifactPublished) -> None:
        made = Candidate(
            artifact=event.name,
            digest=event.digest,
            version=event.version,
            commit=event.commit,
            repository=event.repository,
            landing=event.landing,
        )
        known = (*self._published.get(service, ()), made)
        self._published[service] = tuple(sorted(known, key=lambda one: one.landing))


def _restarts(seen: ServiceSeen, happened: Envelope[object]) -> None:
    match happened.event:
        case SlotRestarted(slot=slot) if slot == seen.state.slot_in("live"):
            seen.restarted = (*seen.restarted, happened.at)[-MOST_RESTARTS:]
        case TrafficShifted():
            seen.restarted = ()
        case _:
            return


def _promotions(seen: ServiceSeen, happened: Envelope[object]) -> None:
    match happened.event:
        case PromotionRequested() as event:
            seen.asked[event.promotion] = (happened.actor, event)
        case PromotionVerified() | PromotionFailed() as event if event.promotion in seen.asked:
            by, request = seen.asked.pop(event.promotion)
            one = Promoted(at=happened.at, by=by, request=request, verdict=event)
            seen.promoted = (one, *seen.promoted)[:MOST_VERDICTS]
        case _:
            return
