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
    KeptDelivery,
)
from andon.tools.measurement.model.telling.connection import Connection, Tool
from andon.tools.measurement.model.telling.walk import NOUN as WALK
from andon.tools.measurement.model.telling.walk import OWN, Walk

#: kept deliveries, and troubles, that are listed; older ones are in the ledger
MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One delivery that nobody here understands yet."""

    at: datetime
    position: int
    event: KeptDelivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that a person should know of a source."""

    at: datetime
    connection: str
    what: str


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
    #: by kind: "deployments": 12
    facts: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    #: deliveries whose signature was wrong, since the server began; they are counted and nothing else
    turned_away: int = 0

    @property
    def tool(self) -> Tool | None:
        """What is connected; None for a file, and for what was removed."""
        return self.connection.tool


class Sources:
    """Everything that told facts, by name."""

    def __init__(self) -> None:
        self._known: dict[str, Source] = {}
        self.kept: deque[Kept] = deque(maxlen=MOST_LISTED)
        self.troubles: deque[Trouble] = deque(maxlen=MOST_LISTED)
        #: by stream; the last state of each
        self._walks: dict[str, Walk] = {}

    def apply(self, happened: Envelope[Any]) -> None:
        """Fold one event."""
        event = happened.event
        match event:
            case ConnectionAdded() | ConnectionSecretChanged() | ConnectionRemoved():
                self._connected(event, happened)
            case FactsReceived():
                self._told(event, happened.at)
            case KeptDelivery():
                source = self._of(event.connection)
                source.kept += 1
                source.heard_at = happened.at
                self.kept.appendleft(Kept(at=happened.at, position=happened.position, event=event))
            case CommitsWalked() if event.connection != OWN:
                self._of(event.connection).facts["commits"] += len(event.commits)
            case _ if stream_kind(happened.stream) == WALK.kind:
                before = self._walks.get(happened.stream, WALK.initial)
                self._walks[happened.stream] = event.evolve(before)

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

    def tool(self, name: str) -> Tool | None:
        """What is connected by this name; None when nothing is."""
        source = self._known.get(name)
        return source.tool if source else None

    def heard(self, name: str, at: datetime) -> None:
        """A delivery came that proved who sent it; whether anything was in it is another matter."""
        self._of(name).heard_at = at

    def turned_away(self, name: str) -> None:
        """A delivery came that did not."""
        self._of(name).turned_away += 1

    def walks(self) -> tuple[Walk, ...]:
        """Every repository that was ever to be walked."""
        return tuple(walk for _, walk in sorted(self._walks.items()))

    def _of(self, name: str) -> Source:
        return self._known.setdefault(name, Source(name=name))

    def _connected(
        self, event: ConnectionAdded | ConnectionSecretChanged | ConnectionRemoved, happened: Envelope[Any]
    ) -> None:
        source = self._of(event.connection)
        source.connection = event.evolve(source.connection)
        if isinstance(event, ConnectionAdded):
            source.added_at, source.added_by = happened.at, happened.actor

    def _told(self, event: FactsReceived, at: datetime) -> None:
        source = self._of(event.connection)
        source.heard_at = at
        source.deliveries += 1
        for kind in FACTS:
            if told := getattr(event, kind):
                source.facts[kind] += len(told)
        for trouble in event.troubles:
            self.troubles.appendleft(Trouble(at=at, connection=event.connection, what=trouble))


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
