"""What delivery needs from the world: images, secrets, a runtime, a router, answers to HTTP checks, the line's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from andon.kernel.crash_guard import CrashGuard, unguarded
from andon.kernel.ids import ArtifactName, CommitId, Digest, EnvironmentName, RepositoryName, ServiceName
from andon.kernel.limits import NOTHING_ASKED, AskedLimits
from andon.machine.log.reading import Printed
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.slots import Slot
from andon.tools.delivery.model.traffic import Route
from andon.tools.pipelines.events import CheckSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedImage:
    """An image as a folder of this machine, its digest verified. Nobody writes into it."""

    root: Path
    #: it brings its own system; without one it runs over the host's
    has_base: bool
    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...]


class Images(Protocol):
    """Gives artifacts to those who may run them."""

    async def fetch(self, name: ArtifactName, digest: Digest) -> UnpackedImage:
        """The artifact, unpacked; at once when it is here already. Errors: PortError, NotFound."""
        ...


class Provenance(Protocol):
    """Tells whether an artifact is what our own pipeline made."""

    async def verify(self, name: ArtifactName, digest: Digest) -> None:
        """Errors: Refused, PortError."""
        ...


class ServiceSecrets(Protocol):
    """Keeps what only the running service may know."""

    async def secrets_of(self, environment: EnvironmentName, service: ServiceName) -> Mapping[str, str]:
        """Names and values. Errors: PortError."""
        ...


class LineSource(Protocol):
    """Where the line's file is kept."""

    async def read(self, commit: CommitId) -> str:
        """The text of line.toml at a commit. Errors: NotFound, PortError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotKey:
    """Names one instance; the promotion tells it from what stood in the slot before."""

    environment: EnvironmentName
    service: ServiceName
    slot: Slot
    promotion: PromotionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How an instance is to be started."""

    key: SlotKey
    image: UnpackedImage
    #: "" takes the image's own
    command: tuple[str, ...]
    #: all of what it is told: settings, secrets, and what the service contract promises, but not HOST and PORT
    environment: Mapping[str, str]
    #: where the router expects it; 0 for the first start, which finds a port
    port: int = 0
    #: how often it was started before, as far as is known
    starts: int = 0
    limits: AskedLimits = NOTHING_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One that runs, or ran."""

    key: SlotKey
    #: on loopback, its own for as long as its promotion stands in the slot
    port: int
    #: how often it was started for this promotion; the first counts 1
    starts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where an instance listens."""

    address: str
    port: int


class Runtime(Protocol):
    """Runs instances. They live on when the server that started them ends."""

    async def start(self, launch: Launch) -> Instance:
        """Start it, or find it when it runs already. Errors: PortError."""
        ...

    async def adopt(self, key: SlotKey) -> Instance | None:
        """The instance, when it runs."""
        ...

    async def ended(self, instance: Instance) -> str:
        """Wait until it does not run any more; why, in words, with its exit code when that is known."""
        ...

    async def listeners(self, instance: Instance) -> tuple[Listener, ...]:
        """Every TCP address on which it listens now."""
        ...

    async def last_lines(self, key: SlotKey, count: int) -> tuple[str, ...]:
        """The end of what it printed, with secrets masked."""
        ...

    async def stop(self, key: SlotKey, timeout: timedelta) -> None:  # noqa: ASYNC109  (between asking and killing)
        """Ask it to end, and after the time end all of it. Nothing when it does not run. Errors: PortError."""
        ...

    async def known(self) -> tuple[SlotKey, ...]:
        """Every instance that was started and not stopped, whoever started it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLog:
    """What the instances of one promotion printed."""

    promotion: PromotionId
    size_bytes: int
    #: more may come
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStart:
    """Where to begin to read a log: at the latest of these."""

    #: where a line begins, as an earlier answer said
    offset: int = 0
    #: so many lines before the end; 0 does not count from there
    last: int = 0
    #: with the first line of this time or later
    since: datetime | None = None


class ServiceLogs(Protocol):
    """Gives what instances print, also those that are gone, with secrets masked."""

    async def kept(self, environment: EnvironmentName, service: ServiceName) -> tuple[KeptLog, ...]:
        """Every log that is kept, the newest promotion first."""
        ...

    async def read(self, promotion: PromotionId, start: LogStart, most: int) -> Printed:
        """Lines from a place on, and where to go on; nothing when there is no such log."""
        ...


class Prober(Protocol):
    """Asks one HTTP check on loopback."""

    async def ask(self, check: CheckSpec, port: int, within: timedelta) -> str:
        """ "" when the answer is as it should be, else what was wrong with it, in words."""
        ...


class Router(Protocol):
    """Gives requests to slots. It lives on when the server that started it ends."""

    async def ensure(self, route: Route) -> int:
        """Make the world like the route: what rises first, what falls after it; the port it listens on.

        Errors: PortError; permanent when somebody else has the port.
        """
        ...

    async def lost(self, route: Route) -> str:
        """Wait until the route is not held any more; why, in words."""
        ...

    async def requests(self, environment: EnvironmentName, service: ServiceName, slot: Slot) -> int:
        """How many requests the slot is answering now. Errors: PortError."""
        ...

    async def forget(self, environment: EnvironmentName, service: ServiceName, slot: Slot) -> int:
        """Give the slot no request any more, and cut off what it still answers: how many. Errors: PortError."""
        ...

    async def known(self) -> tuple[tuple[EnvironmentName, ServiceName], ...]:
        """Every route that was made and not closed, whoever made it."""
        ...

    async def close(self, environment: EnvironmentName, service: ServiceName) -> None:
        """Hold the route no more; nobody listens on its port then. Errors: PortError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPorts:
    """Everything that delivery needs, as the wiring joins it."""

    images: Images
    provenance: Provenance
    secrets: ServiceSecrets
    runtime: Runtime
    prober: Prober
    router: Router
    line: LineSource
    #: guards what reads files of strangers
    trying: CrashGuard = unguarded


class NewerSecrets(Protocol):
    """Knows which secrets changed since what serves was started."""

    def names(self, environment: EnvironmentName, service: ServiceName) -> tuple[str, ...]:
        """The secrets whose newest value what serves does not have, by name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Whose a service is."""

    #: None while nobody has published it
    owner: RepositoryName | None
    #: whether line.toml says so, where it is then changed
    is_declared: bool
    #: to which it can be handed over
    others: tuple[RepositoryName, ...]


class Owning(Protocol):
    """Knows which repository alone may publish a service."""

    def of(self, service: ServiceName) -> Owned: ...
