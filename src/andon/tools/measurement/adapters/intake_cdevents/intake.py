"""A request with one CDEvent or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import Invalid, Problem
from andon.standards.cdevents import CdEvent, EventType, parse_cdevent, parse_type
from andon.standards.cloudevents import is_cloudevent, parse_cloudevents
from andon.standards.webhook_signature import verify_authorization
from andon.tools.measurement.adapters.intake_cdevents.contents import read_contents
from andon.tools.measurement.adapters.intake_cdevents.readers import READERS, UNDERSTOOD
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.ports import Headers

#: another Andon, whose own types tell much that is no fact of delivery
OURS = "andon"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvent:
    """One event of a request."""

    #: its place in the request, for what is wrong with it
    where: str
    #: of the envelope, or of the event itself
    id: str
    type: str
    body: bytes


class CdEventsIntake:
    """Reads CDEvents, with CloudEvents around them or without."""

    kind = "cdevents"

    def verify(self, headers: Headers, body: bytes, secret: str) -> None:
        """CDEvents are not signed: the secret is a bearer token, or a password. Errors: Forbidden."""
        verify_authorization(headers.get("authorization", ""), secret)

    def read(self, headers: Headers, body: bytes, names: Mapping, at: datetime) -> ReadDelivery:
        """The facts in a request; each event says itself when it happened. Errors: Invalid: none of it is taken."""
        read = [_read(came, names) for came in _events(headers, body)]
        if len(read) == 1:
            return read[0]
        if not read:
            return ReadDelivery(what="0 events", nothing="the batch is empty.")
        kinds = Counter(each.what for each in read)
        facts = tuple(fact for each in read for fact in each.facts)
        kept = _joined(each.kept for each in read)
        return ReadDelivery(
            what=f"{len(read)} events: {', '.join(sorted(kinds))}"[:200],
            facts=facts,
            kept="" if facts else kept,
            nothing="" if facts else _joined(each.nothing for each in read),
            troubles=(kept,) if facts and kept else (),
        )


def _events(headers: Headers, body: bytes) -> Iterator[ReadEvent]:
    if not is_cloudevent(headers):
        yield ReadEvent(where="the event", id="", type="", body=body)
        return
    events = parse_cloudevents(headers, body)
    for number, event in enumerate(events):
        where = f"the batch: [{number}]" if len(events) > 1 else "the event"
        yield ReadEvent(where=where, id=event.id, type=event.type, body=event.data)


def _read(came: ReadEvent, names: Mapping) -> ReadDelivery:
    if came.type and parse_type(came.type) is None:
        return ReadDelivery(what=came.type[:80], delivery=came.id[:100], kept=f'"{came.type[:80]}" is no CDEvent.')
    event = parse_cdevent(came.body, came.where)
    what, reader = _what(event.type), READERS.get(event.type.name)
    if reader is not None:
        return ReadDelivery(what=what, delivery=event.id[:100], facts=(_fact(event, came.where, names),))
    if event.type.subject in UNDERSTOOD or event.type.tool == OURS:
        return ReadDelivery(what=what, delivery=event.id[:100], nothing=f"{event.type.name} is not used for metrics.")
    return ReadDelivery(what=what, delivery=event.id[:100], kept=f'"{what}" is no event that is read here.')


def _fact(event: CdEvent, where: str, names: Mapping) -> Fact:
    try:
        return READERS[event.type.name](read_contents(event, names, where))
    except Invalid as error:
        inner = [Problem(where=_inside(where, each.where), message=each.message) for each in error.problems]
        raise Invalid(*inner) from None


def _inside(where: str, place: str) -> str:
    return place if place.startswith(where) or not place else f"{where}: {place}"


def _what(kind: EventType) -> str:
    return f"{kind.tool}-{kind.name}" if kind.tool else kind.name


def _joined(reasons: Iterator[str]) -> str:
    """Each reason once, with how often it was given."""
    counted = Counter(reason for reason in reasons if reason)
    return " ".join(f"{count} of them: {reason}" for reason, count in sorted(counted.items()))[:300]
