"""The folded states of the nouns: open ones and the last used of the others stay in memory; the rest is read again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from andon.engine.codec import Codec
from andon.engine.health import Health
from andon.kernel.decider import Noun
from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound, PortError
from andon.kernel.ids import NO_CHAIN, ChainId, EventId, StreamId, stream_kind
from andon.ledger.ledger import Ledger

PAGE = 1000  #: entries read at a time
MOST_CLOSED = 256  #: closed streams in memory: a repository with a long history is not folded anew for every push


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A stream up to an entry."""

    state: Any
    #: entries folded so far
    sequence: int = 0
    #: the last event, which causes what follows from it
    last: EventId | None = None
    #: the chain of the last event
    chain: ChainId = NO_CHAIN

    def after(self, happened: Envelope[Any]) -> Folded:
        return Folded(
            state=happened.event.evolve(self.state), sequence=happened.sequence, last=happened.id, chain=happened.chain
        )


class Streams:
    """Every noun's stream, folded."""

    def __init__(self, ledger: Ledger, codec: Codec, nouns: Iterable[Noun[Any]], health: Health) -> None:
        self._ledger = ledger
        self._codec = codec
        self._nouns = {noun.kind: noun for noun in nouns}
        self._health = health
        #: streams with an entry that cannot be folded, and why; nothing is decided about them any more
        self._broken: dict[StreamId, str] = {}
        self._kept: dict[StreamId, Folded] = {}
        #: closed when they were last looked at, the one that was used longest ago first
        self._closed: OrderedDict[StreamId, None] = OrderedDict()

    def noun(self, stream: StreamId) -> Noun[Any]:
        """What kind of thing the stream is about. Errors: NotFound."""
        noun = self._nouns.get(stream_kind(stream))
        if noun is None:
            raise NotFound(f'There is no stream "{stream}": its kind is none of {", ".join(sorted(self._nouns))}.')
        return noun

    def open_streams(self) -> Iterator[StreamId]:
        """Those that may want something."""
        return iter(tuple(s for s, folded in self._kept.items() if self.noun(s).is_open(folded.state)))

    def replay(self, happened: Envelope[Any]) -> None:
        """Fold one event of the history, in order."""
        if happened.stream in self._broken:
            return
        try:
            before = self._kept.get(happened.stream) or Folded(state=self.noun(happened.stream).initial)
            self.keep(happened.stream, before.after(happened))
        except Exception as error:  # noqa: BLE001  (one stream's fault must not stop the others)
            self.set_aside(happened.stream, happened.position, error)

    def set_aside(self, stream: StreamId, position: int, error: Exception) -> None:
        """An entry of the stream cannot be read or folded: nothing is wanted of it and nothing decided about it."""
        self.forget(stream)
        self._broken[stream] = f"{stream} cannot be read from entry {position} on, {error}"
        self._health.note(f"stream {stream}", error, position=position, stands_still=True)

    def keep(self, stream: StreamId, folded: Folded) -> None:
        """Remember a stream as far as it is folded, unless it is remembered further already."""
        known = self._kept.get(stream)
        if known is None or known.sequence < folded.sequence:
            self._kept[stream] = folded

    def peek(self, stream: StreamId) -> Folded | None:
        """What is in memory; None when the stream must be loaded."""
        return self._kept.get(stream)

    def forget(self, stream: StreamId) -> None:
        """Drop what is in memory, because somebody else wrote to the stream or nothing can be wanted of it any more."""
        self._kept.pop(stream, None)

    def let_go(self, stream: StreamId) -> None:
        """Nothing of it is under way: a closed one stays in memory only as long as it is among the last used."""
        folded = self._kept.get(stream)
        if folded is None or self.noun(stream).is_open(folded.state):
            return
        self._closed[stream] = None
        self._closed.move_to_end(stream)
        if len(self._closed) > MOST_CLOSED:
            oldest, _ = self._closed.popitem(last=False)
            if oldest in self._kept and not self.noun(oldest).is_open(self._kept[oldest].state):
                self.forget(oldest)

    def let_all_go(self) -> None:
        """After the replay of the history, which had to fold everything."""
        for stream in tuple(self._kept):
            self.let_go(stream)

    async def load(self, stream: StreamId) -> Folded:
        """The stream as it is in the ledger. Errors: PortError when it was set aside."""
        if stream in self._broken:
            raise PortError(f"{self._broken[stream]}. See /healthz.", permanent=True)
        folded = self._kept.get(stream) or Folded(state=self.noun(stream).initial)
        if folded.sequence:
            self.let_go(stream)  # it was used
            return folded
        after = 0
        while page := await self._ledger.read(stream=stream, after=after, limit=PAGE):
            for entry in page:
                folded = folded.after(self._codec.decode(entry))
            after = page[-1].position
        if folded.sequence:
            self.keep(stream, folded)
            self.let_go(stream)
        return folded

    def advance(self, stream: StreamId, happened: Envelope[Any]) -> None:
        """Fold an event that this or another process appended; one that is folded already changes nothing."""
        try:
            self._advance(stream, happened)
        except Exception as error:  # noqa: BLE001  (one stream's fault must not stop the others)
            self.set_aside(stream, happened.position, error)

    def _advance(self, stream: StreamId, happened: Envelope[Any]) -> None:
        folded = self._kept.get(stream)
        if folded is None and happened.sequence == 1:
            folded = Folded(state=self.noun(stream).initial)
        if stream in self._broken or folded is None or happened.sequence <= folded.sequence:
            return
        if happened.sequence > folded.sequence + 1:
            self.forget(stream)
            return
        self.keep(stream, folded.after(happened))
