"""The pages that show several tools at once: the board, a change's journey, the ledger; and the search over all."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from andon.engine.callers_desk import CallersDesk
from andon.engine.health import Health
from andon.kernel.envelope import Entry
from andon.kernel.errors import NotFound
from andon.kernel.refusal import KnownRule
from andon.kernel.words import plural
from andon.ledger.ledger import Ledger
from andon.line import board as board_of
from andon.line.changes import Changes
from andon.line.condition import rolled_back
from andon.line.entries import Chosen, Entries
from andon.line.journey import Journey
from andon.line.journey_picture import picture
from andon.line.journeys import Journeys
from andon.line.search import Search
from andon.tools.delivery import stopping
from andon.tools.delivery.events import PullCord
from andon.tools.delivery.model.cord import ReleaseCord
from andon.tools.delivery.views import Environments
from andon.web.pages import Asked, Pages, back_to

PAGE = 100  #: ledger entries on one page
#: kinds of streams that change the board
BOARD_MOVES = ("repository/", "run/", "artifact/", "service/", "line/", "cord/", "engine/")

#: a Protocol cannot be checked at run time, and need not be
History = NamedDependency[SkipValidation[Ledger]]


@get("/", sync_to_thread=False, include_in_schema=False)
def board_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    changes: NamedDependency[Changes],
    environments: NamedDependency[Environments],
    health: NamedDependency[Health],
) -> Response[str]:
    """The line as it is now."""
    board = board_of.draw(changes, environments, health.faults, pages.now, health.warnings)
    return pages.show(
        "line/board.html",
        asked,
        live=BOARD_MOVES,
        board=board,
        may_pull=asked.who.may_give(PullCord),
        may_release=asked.who.may_give(ReleaseCord),
    )


class Stopping(msgspec.Struct):
    """The form that pulls or releases the cord."""

    scope: str
    reason: str


@post("/cord/pull", include_in_schema=False, opt={"gives": PullCord})
async def pull_cord(
    data: URLEncodedBody[Stopping],
    desk: NamedDependency[CallersDesk],
    environments: NamedDependency[Environments],
) -> Redirect:
    """Stop promotions in a scope. Errors: Forbidden, Refused, NotFound."""
    await stopping.pull(desk, environments, data.scope, data.reason)
    return back_to("/")


@post("/cord/release", include_in_schema=False, opt={"gives": ReleaseCord})
async def release_cord(data: URLEncodedBody[Stopping], desk: NamedDependency[CallersDesk]) -> Redirect:
    """Let promotions in a scope go on. Errors: Forbidden, Refused."""
    await stopping.release(desk, data.scope, data.reason)
    return back_to("/")


@get("/changes/{repository:str}/{commit:str}", include_in_schema=False)
async def change_page(  # noqa: PLR0913, PLR0917  (an address of two parts, and two who know)
    repository: FromPath[str],
    commit: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    journeys: NamedDependency[Journeys],
    changes: NamedDependency[Changes],
) -> Response[str]:
    """Everything that followed from one commit; the first digits are enough when they mean one change only."""
    told = await journeys.of(repository, commit)
    return pages.show(
        "line/change.html",
        asked,
        live=BOARD_MOVES,
        journey=told,
        chain=f"{repository}@{told.commit}",
        picture=picture(told, pages.now),
        sentence=rolled_back(changes, told.commit, pages.now) or _sentence(told),
        is_rolled_back=bool(rolled_back(changes, told.commit, pages.now)),
    )


def _sentence(told: Journey) -> str:
    live = [environment for environment, _, state, _ in told.places if state == "success"]
    match told.state:
        case "running":
            return "On its way."
        case "waiting":
            return f"Verified in {' and '.join(live)}; waits to go on." if live else "Waits to go on."
        case "success":
            return f"Verified in {' and '.join(live)}." if live else "Done; it was not deployed."
        case "cancel":
            return "Cancelled on its way."
        case "skip":
            return "Not built: this commit has no andon.toml."
    leg = told.stopped_by
    name = leg.name if leg else ""
    return f"Stopped on its way {name}." if name.startswith("into ") else f"Stopped by {name}."


@get("/ledger", include_in_schema=False)
async def ledger_page(  # noqa: PLR0913, PLR0917  (four filters)
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    ledger: History,
    entries: NamedDependency[Entries],
    stream: FromQuery[str] = "",
    type_: Annotated[str, QueryParameter(name="type")] = "",
    chain: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """The history, the newest first."""
    chosen = Chosen(stream=stream.strip(), type=type_.strip(), chain=chain.strip())
    found = await entries.read(chosen, before=before, limit=PAGE, newest_first=True)
    asked_for = {key: value for key, value in msgspec.to_builtins(chosen).items() if value}
    more = len(found) == PAGE and found[-1].position > 1
    return pages.show(
        "line/ledger.html",
        asked,
        live=(chosen.stream,) if chosen.stream else ("",),
        entries=found,
        chosen=chosen,
        sentence=await _ledger_sentence(ledger, chosen),
        older=f"/ledger?{urlencode(asked_for | {'before': found[-1].position})}" if more else "",
    )


async def _ledger_sentence(ledger: Ledger, chosen: Chosen) -> str:
    head = await ledger.head()
    size = plural(head.position, "entry", "entries")
    return f"A part of the ledger's {size}." if chosen.any else f"The ledger has {size}."


@get("/ledger/{position:int}", include_in_schema=False)
async def entry_page(
    position: FromPath[int], pages: NamedDependency[Pages], asked: NamedDependency[Asked], ledger: History
) -> Response[str]:
    """One entry, whole."""
    found = await ledger.read(after=position - 1, limit=1)
    if not found or found[0].position != position:
        raise NotFound(f"The ledger has no entry {position:,} yet.")
    entry = found[0]
    repository, _, commit = entry.chain.partition("@")
    return pages.show(
        "line/entry.html",
        asked,
        entry=entry,
        cause=await _cause(ledger, entry),
        change=f"/changes/{repository}/{commit}",
        data=msgspec.json.format(entry.data, indent=2).decode(),
    )


async def _cause(ledger: Ledger, entry: Entry) -> Entry | None:
    """The entry that led to this one, when it belongs to the same change."""
    if not entry.cause or not entry.chain:
        return None
    before = await ledger.read(before=entry.position, chain=entry.chain, limit=PAGE, newest_first=True)
    return next((one for one in before if one.id == entry.cause), None)


@get("/search", sync_to_thread=False, include_in_schema=False)
def search_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    search: NamedDependency[Search],
    q: FromQuery[str] = "",
) -> Response[str] | Redirect:
    """Straight to the one thing that matches, else a list."""
    answer = search.find(q, asked.who)
    if len(answer.found) == 1:
        return Redirect(answer.found[0].address, status_code=303)
    return pages.show("line/search.html", asked, answer=answer)


@get("/rules", sync_to_thread=False, include_in_schema=False)
def rules_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    known_rules: NamedDependency[tuple[KnownRule, ...]],
) -> Response[str]:
    """Every rule that can refuse something, and why it exists."""
    return pages.show("line/rules.html", asked, rules=known_rules)


HANDLERS = (board_page, pull_cord, release_cord, change_page, ledger_page, entry_page, search_page, rules_page)
