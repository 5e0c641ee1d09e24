"""What measurement needs from the world: what other tools report, repositories, and files for other tools."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.improving.series import SeriesName, SeriesPoint
from andon.tools.measurement.model.intake.mapping import Mapping as Names
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.walk import WalkRepository
from andon.tools.measurement.model.releases.repository import RepositoryRead
from andon.tools.measurement.model.tables.table import FactTable, Row

#: of an HTTP request, their names in lower case
Headers = Mapping[str, str]
#: what is going on, how much of it is done, and how much there is (None: nobody knows)
Progress = Callable[[str, int, int | None], None]


class DeliveryReader(Protocol):
    """Reads what one kind of tool sends. Never raises anything but what is named here, whatever the body."""

    @property
    def kind(self) -> str:
        """ "github": what a connection of this kind is called."""
        ...

    def verify(self, headers: Headers, body: bytes, secret: str) -> None:
        """Was it sent by somebody who knows the secret? Errors: Forbidden, which says what is missing or wrong."""
        ...

    def read(self, headers: Headers, body: bytes, names: Names, at: datetime) -> ReadDelivery:
        """The facts in a delivery that came in at an instant, which only counts where the sender gives no time.

        Errors: Invalid, with what is wrong where, and what was expected.
        """
        ...


class CommitReader(Protocol):
    """Reads repositories, whole."""

    def read(self, where: str, take: Callable[[Commit], object], told: Progress) -> RepositoryRead:
        """Hand on every commit that the trunk or a tag leads to, each once, in any order.

        Errors: Invalid when there is no repository; PortError when it cannot be reached or takes too long.
        """
        ...


class TableFile(Protocol):
    """Writes a table into a file that other programs read."""

    @property
    def ending(self) -> str:
        """ ".csv": what its files' names end with."""
        ...

    def write(self, table: FactTable, rows: Iterable[Row], file: Path) -> int:
        """How many rows were written; memory is needed for some of them only, however many there are.

        Errors: PortError when it cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkResult:
    """What a walk came to, beside its commits."""

    commits: int
    #: what a person should know: "the history is cut off"
    troubles: tuple[str, ...] = ()


class RemoteCommits(Protocol):
    """Walks repositories that are elsewhere, and keeps what it needs to fetch only what is new the next time."""

    async def walk(self, asked: WalkRepository, take: Callable[[tuple[Commit, ...]], Awaitable[None]]) -> WalkResult:
        """Hand on the commits that lead to the head and are not known, some at a time, in any order.

        Cancelled, it ends at once. Errors: PortError.
        """
        ...


class OwnCommits(Protocol):
    """Walks the repositories of this server."""

    async def walk(self, asked: WalkRepository, take: Callable[[tuple[Commit, ...]], Awaitable[None]]) -> WalkResult:
        """Hand on the commits that lead to the head and are not known, some at a time, in any order.

        Cancelled, it ends at once. Errors: PortError.
        """
        ...


class ConnectionSecrets(Protocol):
    """Keeps the secrets that deliveries are signed with. Safe to call from several threads."""

    def put(self, connection: str, secret: str) -> str:
        """Keep it; its fingerprint, which gives nothing of it away. Errors: PortError."""
        ...

    def remove(self, connection: str) -> None:
        """Forget it; one that is not there is forgotten already. Errors: PortError."""
        ...

    def of(self, connection: str) -> str:
        """The secret; "" when there is none. Errors: PortError."""
        ...


class KeptBodies(Protocol):
    """Keeps deliveries that nobody understands yet, as they came."""

    def keep(self, connection: str, headers: Headers, body: bytes) -> str:
        """The digest that it is found by again. The same one again is kept once. Errors: PortError."""
        ...

    def read(self, connection: str, digest: str) -> bytes:
        """Headers and body as they are kept. Errors: NotFound, PortError."""
        ...


class SeriesStore(Protocol):
    """Keeps numbers over time that people feed in. Safe to call from several threads."""

    def add(self, points: tuple[SeriesPoint, ...]) -> int:
        """Keep them; of one series and instant the last one counts. How many changed anything. Errors: PortError."""
        ...

    def names(self) -> tuple[SeriesName, ...]:
        """Every series. Errors: PortError."""
        ...

    def points(self, name: str, begin: datetime, end: datetime, most: int) -> tuple[SeriesPoint, ...]:
        """From `begin` up to `end`, in order; where there are more than `most`, means of as many equal spans.

        Errors: PortError.
        """
        ...
