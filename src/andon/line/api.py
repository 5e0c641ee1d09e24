"""The line over HTTP: the board, a commit's trace, the ledger, its proof, and all of it as CDEvents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from andon.engine.health import Health
from andon.kernel.envelope import Entry
from andon.kernel.refusal import KnownRule
from andon.ledger.heads import SignedHead, parse_head
from andon.ledger.proof import LedgerProver, Proof
from andon.line import board as board_of
from andon.line import names_api
from andon.line.board import Board
from andon.line.cdevents_export import CDEvents
from andon.line.changes import Changes
from andon.line.entries import Chosen, Entries
from andon.line.journeys import Journeys
from andon.line.search import Search, SearchAnswer
from andon.line.trace import Trace
from andon.standards.cloudevents import BATCH
from andon.tools.delivery.views import Environments
from andon.web.advice import addressed
from andon.web.pages import Pages
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShown:
    """One entry of the ledger."""

    position: int
    id: str
    stream: str
    type: str
    at: datetime
    actor: str
    cause: str | None
    chain: str
    hash: str
    data: Any


@get("/api/v1/board", sync_to_thread=False)
def show_board(
    changes: NamedDependency[Changes],
    environments: NamedDependency[Environments],
    health: NamedDependency[Health],
    pages: NamedDependency[Pages],
) -> Board:
    """The line as it is now."""
    return board_of.draw(changes, environments, health.faults, pages.now, health.warnings)


@get("/api/v1/trace/{commit:str}")
async def show_trace(who: NamedDependency[Who], commit: FromPath[str], journeys: NamedDependency[Journeys]) -> Trace:
    """From a commit, named whole or by its first digits, to everywhere it went. Errors: NotFound."""
    found = await journeys.trace(commit)
    steps = tuple(replace(step, next=addressed(step.next, who.permissions)) for step in found.steps)
    return replace(found, steps=steps)


@get("/api/v1/ledger")
async def show_ledger(  # noqa: PLR0913, PLR0917  (one parameter for each question that may be combined)
    entries: NamedDependency[Entries],
    after: FromQuery[int] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    stream: FromQuery[str] = "",
    type_: Annotated[str, QueryParameter(name="type", description="or how types begin: delivery.")] = "",
    chain: FromQuery[str] = "",
    newest_first: FromQuery[bool] = False,
) -> tuple[EntryShown, ...]:
    """Entries of the ledger after a position, of one stream, type or change. Errors: NotFound."""
    chosen = Chosen(stream=stream, type=type_, chain=chain)
    found = await entries.read(chosen, after=after, limit=limit, newest_first=newest_first)
    return tuple(_shown(entry) for entry in found)


@get("/api/v1/ledger/proof")
async def prove_ledger(prover: NamedDependency[LedgerProver], kept: FromQuery[str] = "") -> Proof:
    """Walk the whole chain of hashes; it must lead to the newest signed head, and to a head that is named."""
    return await prover.prove(parse_head(kept) if kept else None)


@get("/api/v1/ledger/head")
async def show_head(prover: NamedDependency[LedgerProver]) -> SignedHead:
    """The last entry's position and hash, signed: keep it elsewhere."""
    return await prover.sign()


@get("/api/v1/cdevents")
async def show_cdevents(
    cdevents: NamedDependency[CDEvents],
    after: Annotated[int, QueryParameter(ge=0)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
) -> Response[bytes]:
    """The ledger after a position as CDEvents 0.5.1, a batch of CloudEvents; the header Andon-Position says how far."""
    told, last = await cdevents.after(after, limit)
    return Response(msgspec.json.encode(told), media_type=BATCH, headers={"Andon-Position": str(last)})


@get("/api/v1/rules", sync_to_thread=False)
def show_rules(known_rules: NamedDependency[tuple[KnownRule, ...]]) -> tuple[KnownRule, ...]:
    """Every rule that can refuse something, and why it exists."""
    return known_rules


@get("/api/v1/search", sync_to_thread=False)
def show_found(who: NamedDependency[Who], search: NamedDependency[Search], q: FromQuery[str]) -> SearchAnswer:
    """What matches the words, of that which the caller may see: names, ids by their beginning, subjects, authors."""
    return search.find(q, who)


def _shown(entry: Entry) -> EntryShown:
    return EntryShown(
        position=entry.position,
        id=entry.id,
        stream=entry.stream,
        type=entry.type,
        at=entry.at,
        actor=entry.actor,
        cause=entry.cause,
        chain=entry.chain,
        hash=entry.hash,
        data=msgspec.json.decode(entry.data),
    )


HANDLERS = (
    show_board,
    show_trace,
    show_ledger,
    prove_ledger,
    show_head,
    show_cdevents,
    show_rules,
    show_found,
    *names_api.HANDLERS,
)
