"""Which of several waiting appends fit the ledger as it is now, and the entries they become; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from andon.kernel.envelope import Draft, Entry
from andon.kernel.errors import AndonError, Invalid
from andon.kernel.ids import StreamId
from andon.ledger.ledger import Conflict, LedgerHead
from andon.ledger.rows import seal

#: what one append gets: its entries, or why there are none
Outcome = tuple[Entry, ...] | AndonError


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendRequest:
    """One append: all of it or nothing."""

    drafts: tuple[Draft, ...]
    #: name -> position
    cursors: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is written in one transaction."""

    entries: tuple[Entry, ...]
    cursors: Mapping[str, int]
    #: one for each request, in their order
    outcomes: tuple[Outcome, ...]


def admit(requests: Sequence[AppendRequest], head: LedgerHead, lengths: Mapping[StreamId, int]) -> Batch:
    """The requests one after the other on a ledger with this head and these streams; a conflict stops only its own."""
    lengths = dict(lengths)
    outcomes: list[Outcome] = []
    entries: list[Entry] = []
    cursors: dict[str, int] = {}
    for request in requests:
        grown = _grow(request, lengths)
        if isinstance(grown, Conflict):
            outcomes.append(grown)
            continue
        lengths |= grown
        sealed = tuple(_sealed(request.drafts, head))
        head = LedgerHead(position=sealed[-1].position, hash=sealed[-1].hash) if sealed else head
        entries += sealed
        cursors |= request.cursors
        outcomes.append(sealed)
    return Batch(entries=tuple(entries), cursors=cursors, outcomes=tuple(outcomes))


def _grow(request: AppendRequest, lengths: Mapping[StreamId, int]) -> dict[StreamId, int] | Conflict:
    """The lengths of the request's streams after it."""
    grown: dict[StreamId, int] = {}
    for draft in request.drafts:
        actual = grown.get(draft.stream, lengths.get(draft.stream, 0))
        if draft.expected != actual:
            return Conflict(draft.stream, draft.expected, actual)
        grown[draft.stream] = actual + 1
    return grown


def _sealed(drafts: Sequence[Draft], head: LedgerHead) -> Iterator[Entry]:
    before = head.hash
    for position, draft in enumerate(drafts, start=head.position + 1):
        entry = seal(draft, position, before)
        before = entry.hash
        yield entry


def checked(drafts: Sequence[Draft], cursors: Mapping[str, int]) -> AppendRequest:
    """The append as a request that no store can choke on, so that it cannot spoil those beside it.

    Errors: Invalid, with every problem.
    """
    problems = [problem for draft in drafts for problem in _problems(draft)]
    problems += [
        f"cursor {name!r} needs a position of 0 or more." for name, at in cursors.items() if not name or at < 0
    ]
    ids = [draft.id for draft in drafts]
    problems += ["two drafts of one append have the same id."] if len(set(ids)) < len(ids) else []
    if problems:
        raise Invalid(*problems)
    return AppendRequest(drafts=tuple(drafts), cursors=dict(cursors))


def _problems(draft: Draft) -> Iterator[str]:
    texts = {"id": draft.id, "stream": draft.stream, "type": draft.type, "actor": draft.actor}
    for name, text in texts.items():
        if not text:
            yield f"draft {draft.id!r} has no {name}."
    for text in (*texts.values(), draft.cause or "", draft.chain):
        if not _storable(text):
            yield f"draft {draft.id!r} has a text that cannot be stored: {text!r}."
    if draft.at.utcoffset() is None:
        yield f"draft {draft.id!r} has a time without a zone: expected UTC."
    if draft.schema < 1:
        yield f"draft {draft.id!r} has schema {draft.schema}: versions are counted from 1."


def _storable(text: str) -> bool:
    """Whether the text is UTF-8 without NUL, which PostgreSQL does not store."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
