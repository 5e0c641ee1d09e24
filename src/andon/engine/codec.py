"""Events to and from the bytes in the ledger, with older shapes brought up to date on the way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from andon.kernel.envelope import Entry, Envelope
from andon.kernel.errors import AndonError
from andon.kernel.masks import Masks
from andon.kernel.part_failed import PartFailed
from andon.kernel.redaction import masked
from andon.kernel.refusal import CommandRefused

#: turns the data of one shape (type, version) into the data of the next
Upcasts = Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]

REFUSED = "kernel.CommandRefused"
PART_FAILED = "kernel.PartFailed"


class UnknownEvent(AndonError):
    """The ledger holds an event that this version does not know."""


class Undecodable(AndonError):
    """The data of an entry is not what its type says."""


def type_name(event: type) -> str:
    """The event's name in the ledger, as the class says, else the tool and the class: "pipelines.RunQueued"."""
    said: str | None = event.__dict__.get("stored_as")
    if said is not None:
        return said
    parts = event.__module__.split(".")
    tool = parts[parts.index("tools") + 1] if "tools" in parts else parts[1]
    return f"{tool}.{event.__name__}"


class Codec:
    """Encodes and decodes every event of the house."""

    def __init__(self, events: Iterable[type], upcasts: Upcasts | None = None, *, masks: Masks | None = None) -> None:
        self._classes: dict[str, type] = {type_name(event): event for event in events} | {
            REFUSED: CommandRefused,
            PART_FAILED: PartFailed,
        }
        self._names = {event: name for name, event in self._classes.items()}
        self._upcasts = dict(upcasts or {})
        self._schemas = {name: self._newest(name) for name in self._classes}
        self._decoders: dict[str, msgspec.json.Decoder[object]] = {
            name: msgspec.json.Decoder(event) for name, event in self._classes.items()
        }
        self._encoder = msgspec.json.Encoder()
        self._masks = masks or Masks()

    @property
    def types(self) -> tuple[str, ...]:
        """Every event name that can be read."""
        return tuple(sorted(self._classes))

    def encode(self, event: object) -> tuple[str, int, bytes]:
        """The event's name, the version of its shape, and its data as JSON, with secrets masked in its words."""
        name = self._names.get(type(event))
        if name is None:
            raise UnknownEvent(f"{type(event).__qualname__} is not among the events of any tool; add it to EVENTS.")
        data = self._encoded(event)
        if self._masks.needles.found_in(data):
            data = self._encoded(masked(msgspec.to_builtins(event), self._masks.text))
        return name, self._schemas[name], data

    def _encoded(self, event: object) -> bytes:
        """As JSON; bytes of names that are no UTF-8, which Python keeps as surrogates, are shown as U+FFFD."""
        try:
            return self._encoder.encode(event)
        except UnicodeEncodeError:
            return self._encoder.encode(masked(msgspec.to_builtins(event), _readable, is_words=True))

    def decode(self, entry: Entry) -> Envelope[object]:
        """The entry's event in its envelope. Errors: UnknownEvent, Undecodable."""
        return Envelope(
            position=entry.position,
            sequence=entry.sequence,
            id=entry.id,
            stream=entry.stream,
            type=entry.type,
            at=entry.at,
            actor=entry.actor,
            cause=entry.cause,
            chain=entry.chain,
            event=self._event(entry),
        )

    def require_known(self, entry: Entry) -> None:
        """Errors: UnknownEvent for a type or shape from a newer version."""
        known = self._schemas.get(entry.type)
        if known is None or entry.schema > known:
            raise UnknownEvent(
                f"Entry {entry.position} is a {entry.type} of shape {entry.schema}, which this version of Andon does "
                "not know. Start the version that wrote it, or a newer one."
            )

    def _event(self, entry: Entry) -> object:
        self.require_known(entry)
        try:
            if entry.schema == self._schemas[entry.type]:
                return self._decoders[entry.type].decode(entry.data)
            return msgspec.convert(self._upcast(entry), self._classes[entry.type], strict=False)
        except (msgspec.MsgspecError, UnicodeDecodeError, LookupError, TypeError, ValueError) as error:
            raise Undecodable(f"Entry {entry.position} is no {entry.type}: {error}") from error

    def _upcast(self, entry: Entry) -> dict[str, Any]:
        data: dict[str, Any] = msgspec.json.decode(entry.data)
        for shape in range(entry.schema, self._schemas[entry.type]):
            data = self._upcasts[entry.type, shape](data)
        return data

    def _newest(self, name: str) -> int:
        return 1 + max((shape for known, shape in self._upcasts if known == name), default=0)


def _readable(text: str) -> str:
    return text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
