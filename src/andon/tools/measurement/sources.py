"""Where facts come from: connections, what each one told last, what was kept unread, and which walks go wrong."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, stream_kind
from andon.standards.shapes import did_you_mean
from andon.tools.measurement.events import (
    CommitsWalked,
    ConnectionAdded,
    ConnectionRemoved,
    ConnectionSecretChanged,
    FactsReceived,
    HeadWalked,
    KeptDelivery,
)
from andon.tools.measurement.model.intake.connection import ConnectedTool, Connection
from andon.tools.measurement.model.intake.walk import NOUN as WALK
from andon.tools.measurement.model.intake.walk import OWN, CommitsWalk
from andon.tools.measurement.source_troubles import SourceTrouble, SourceTroubles

#: kept deliveries, and troubles, that are listed; older ones are in the ledger
MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadDelivery:
    """A delivery whose kind is not supported, kept as it came."""

    at: datetime
    connection: str
    delivery: str
    what: str
    why: str
    digest: str
    size_bytes: int
    #: its ledger entry
    position: int


@dataclass(slots=True, kw_only=True)
class Source:
    """One connection, or the name that an imported file was given."""

    name: str
    connection: Connection = field(default_factory=Connection)
    added_at: datetime | None = None
    added_by: Actor | None = None
    #: when it last told anything
    heard_at: datetime | None = None
    #: deliveries, and parts of files, with facts in them
    deliveries: int = 0
    #: by kind: "deployments": 12; one that was reported several times is one
    facts: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    #: deliveries whose signature was wrong, since one was right or the server began; they are counted and nothing else
    turned_away: int = 0
    #: the ids of its facts
    ids: set[str] = field(default_factory=set, repr=False)

    @property
    def tool(self) -> ConnectedTool | None:
        """What is connected; None for a file, and for what was removed."""
        return self.connection.tool


class Sources:
    """Everything that reported facts, by name."""

    def __init__(self) -> None:
        self._known: dict[str, Source] = {}
        self.kept: deque[UnreadDelivery] = deque(maxlen=MOST_LISTED)
        self._troubles = SourceTroubles(MOST_LISTED)
        #: when a walk began, went on or ended, by connection and repository
        self.moved: dict[tuple[str, str], datetime] = {}
        #: by stream; the last state of each
        self._walks: dict[str, CommitsWalk] = {}

    def apply(self, happened: Envelope[Any]) -> None:
        """Fold one event."""
        event = happened.event
        match event:
            case ConnectionAdded() | ConnectionSecretChanged() | ConnectionRemoved():
                self._connected(event, happened)
            case FactsReceived():
                self._received(event, happened.at)
                self._troubles.record(event, happened.at)
            case KeptDelivery():
                source = self._of(event.connection)
                source.kept += 1
                source.heard_at = happened.at
                self.kept.appendleft(_unread(event, happened))
            case CommitsWalked() if event.connection != OWN:
                self._of(event.connection).facts["commits"] += len(event.commits)
            case _ if stream_kind(happened.stream) == WALK.kind:
                walk = event.evolve(self._walks.get(happened.stream, WALK.initial))
                self._walks[happened.stream] = walk
                self.moved[walk.connection, walk.repository or ""] = happened.at
                if isinstance(event, HeadWalked):
                    self._troubles.walked(event)

    @property
    def troubles(self) -> tuple[SourceTrouble, ...]:
        """What goes wrong still, the newest first."""
        return self._troubles.all()

    def all(self) -> tuple[Source, ...]:
        """By name."""
        return tuple(self._known[name] for name in sorted(self._known))

    def connected(self, name: str) -> Source:
        """A connection that is there. Errors: NotFound."""
        source = self._known.get(name)
        if source is None or source.tool is None:
            known = did_you_mean(name, [each.name for each in self.all() if each.tool])
            raise NotFound(f'There is no connection "{name[:80]}". {known or "See them with: andon connect list"}')
        return source

    def tool(self, name: str) -> ConnectedTool | None:
        """What is connected by this name; None when nothing is."""
        source = self._known.get(name)
        return source.tool if source else None

    def record_delivery(self, name: str, at: datetime) -> None:
        """A delivery came that proved who sent it; whether anything was in it is another matter."""
        source = self._of(name)
        source.heard_at, source.turned_away = at, 0

    def turned_away(self, name: str) -> None:
        """A delivery came that did not."""
        self._of(name).turned_away += 1

    def walks(self) -> tuple[CommitsWalk, ...]:
        """Every repository that was ever to be walked."""
        return tuple(walk for _, walk in sorted(self._walks.items()))

    def _of(self, name: str) -> Source:
        return self._known.setdefault(name, Source(name=name))

    def _connected(
        self, event: ConnectionAdded | ConnectionSecretChanged | ConnectionRemoved, happened: Envelope[Any]
    ) -> None:
        source = self._of(event.connection)
        source.connection = event.evolve(source.connection)
        source.turned_away = 0
        self._troubles.mended(event.connection)
        if isinstance(event, ConnectionAdded):
            source.added_at, source.added_by = happened.at, happened.actor

    def _received(self, event: FactsReceived, at: datetime) -> None:
        source = self._of(event.connection)
        source.heard_at = at
        source.deliveries += 1
        for kind in FACTS:
            for fact in getattr(event, kind):
                if fact.id not in source.ids:
                    source.ids.add(fact.id)
                    source.facts[kind] += 1


def _unread(event: KeptDelivery, happened: Envelope[Any]) -> UnreadDelivery:
    return UnreadDelivery(
        at=happened.at,
        connection=event.connection,
        delivery=event.delivery,
        what=event.what,
        why=event.why,
        digest=event.digest,
        size_bytes=event.size_bytes,
        position=happened.position,
    )


#: the kinds of facts, as FactsReceived names them
FACTS = (
    "commits",
    "deployments",
    "incidents",
    "changes",
    "runs",
    "publications",
    "offers",
    "flips",
    "findings",
    "refusals",
)
