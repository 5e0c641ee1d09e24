"""The commands that look at the whole line: status, trace, ledger."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from andon.console.commits import resolve_commit
from andon.console.session import Session
from andon.console.tables import table, tree
from andon.kernel.errors import AndonError, Invalid
from andon.kernel.words import duration

if TYPE_CHECKING:
    from rich.console import RenderableType

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

_WIDE = 112  #: columns from which on there is room for addresses

ledger = App(name="ledger", help="Everything that happened, and the proof of it.")


def status(*, session: Here) -> None:
    """The line as it is now: trunk, what is in each station, what runs where, what is stopped."""
    session.show(session.api.get("/api/v1/board"), lambda board: _board(board, session))


def trace(commit: str = "HEAD", *, session: Here) -> None:
    """Follow a commit to everywhere it went.

    Parameters
    ----------
    commit:
        The commit, whole, by its first digits, or as git here calls it.
    """
    meant = quote(resolve_commit(commit), safe="")
    session.show(session.api.get(f"/api/v1/trace/{meant}"), lambda found: _trace(found, session))


def search(*words: str, session: Here) -> None:
    """Find services, changes, commits, runs, versions, digests, people, rules and whatever else has a page.

    Parameters
    ----------
    words:
        A name, a number, or words of what is searched.
    """
    asked: dict[str, str | int | bool | None] = {"q": " ".join(words)}
    session.show(session.api.get("/api/v1/search", query=asked), lambda answer: _found(answer, session))


@ledger.command(name="list")
def list_entries(
    *, limit: int = 20, stream: str = "", type_: Annotated[str, Parameter(name="--type")] = "", session: Here
) -> None:
    """The last entries.

    Parameters
    ----------
    limit:
        How many.
    stream:
        Only those of one stream, such as run/815 or service/production/shop.
    type_:
        Only those of one type, such as delivery.CordPulled, or of all that begin so.
    """
    query: dict[str, str | int | bool | None] = {"limit": limit, "stream": stream, "type": type_, "newest_first": True}
    rows: list[Row] = session.api.get("/api/v1/ledger", query=query)
    session.show(rows, lambda entries: _entries(list(reversed(entries)), session))


@ledger.command
def verify(*, file: Path | None = None, kept: str = "", session: Here) -> None:
    """Prove that nothing in the ledger was changed or lost, and that nothing was cut off before the newest kept head.

    Parameters
    ----------
    file:
        A ledger's file to verify without a server.
    kept:
        A head that was kept elsewhere, as POSITION:HASH: proves that this history still leads to it.
    """
    found = _verify_file(file, kept) if file else session.api.get("/api/v1/ledger/proof", query={"kept": kept or None})
    if not found["ok"]:
        raise AndonError(f"{found['problem']} {found['remedy']}".strip())
    session.show(found, lambda proof: _proof(proof, session))


@ledger.command
def head(*, session: Here) -> None:
    """The last entry's position and hash, to keep elsewhere; --json adds the server's signature."""
    session.show(session.api.get("/api/v1/ledger/head"), lambda found: f"{found['position']}:{found['hash']}")


def _verify_file(file: Path, kept: str) -> Row:
    if not file.is_file():
        raise Invalid(f"{file} is no file. The server keeps its ledger in ledger.db in its data folder.")
    return asyncio.run(_verify(f"sqlite:///{file.resolve()}", kept))


async def _verify(url: str, kept: str) -> Row:
    from andon.ledger.heads import parse_head
    from andon.ledger.opening import open_ledger
    from andon.ledger.proof import proof_of

    named = parse_head(kept) if kept else None
    opened = await open_ledger(url)
    try:
        return asdict(proof_of(await opened.verify(named), named))
    finally:
        await opened.close()


def _proof(proof: Row, session: Session) -> str:
    lamp = session.paint.lamp("success", f"{proof['entries']:,} entries: none changed, none missing between them")
    return f"{lamp}\n  {proof['says']}\n  head {proof['position']}:{proof['hash']}"


def _entries(entries: list[Row], session: Session) -> RenderableType:
    rows = [
        (f"{e['position']}", _clock(e["at"]), session.paint.strong(e["type"]), e["stream"], e["actor"]) for e in entries
    ]
    return table((">#", "at (UTC)", "what", "*stream", "who"), rows)


def _found(answer: Row, session: Session) -> RenderableType:
    if answer["found"]:
        rows = [(one["words"], one["kind"], f"{session.url}{one['address']}") for one in answer["found"]]
        return table(("*what", "kind", "where"), rows)
    meant = answer["meant"]
    hint = f" Did you mean {meant['words']}: {session.url}{meant['address']}?" if meant else ""
    return f"Nothing matches “{answer['words']}”.{hint}"


def _trace(found: Row, session: Session) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    paint = session.paint
    at = _clock(found["committed_at"]) if found["committed_at"] else ""
    head = f"{paint.accent(found['commit'][:7])}  {paint.strong(found['subject'])}  {found['author']}  {at}"
    steps = tree(head, [_step(step, session) for step in found["steps"]])
    if session.terminal.width >= _WIDE:
        return steps
    return Group(steps, Text(f"  {session.url}/changes/{found['repository']}/{found['commit'][:7]}", style="dim"))


def _step(step: Row, session: Session) -> tuple[str, ...]:
    """One leg; a narrow terminal has no room for its address, and an address that is cut off leads nowhere."""
    paint = session.paint
    lead = f"lead time {duration(timedelta(seconds=_seconds(step['lead_time'])))}" if step["lead_time"] else ""
    address = f"{session.url}{step['path']}" if session.terminal.width >= _WIDE else ""
    last = paint.accent(step["next"]) if step["next"] else paint.quiet(address)
    place = step["place"].partition(" ")[0] if step["state"] == "refused" else step["place"]
    return place, paint.state(step["state"]), _clock(step["at"]), step["detail"], lead or last


def _board(board: Row, session: Session) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    paint = session.paint
    head = [f"{paint.lamp(board['colour'], paint.strong(board['sentence']))} · {' · '.join(board['summary'])}"]
    head += [paint.bad(f"■ {s['what']} is stopped by {s['by']}: “{s['reason']}”") for s in board["stops"]]
    parts: list[RenderableType] = [Text.from_ansi(line) for line in head]
    for name, rows in board["repositories"]:
        columns = (f"*{name}", "pipeline", "artifact", *(s["name"] for s in board["stations"]))
        parts += [Text(), table(columns, [_change(row, session) for row in rows])]
    if not board["repositories"]:
        parts.append(Text.from_ansi(f"  Nothing was pushed yet. In a repository:  {paint.accent('andon init')}"))
    return Group(*parts)


def _change(row: Row, session: Session) -> tuple[str, ...]:
    title = f"{session.paint.accent(row['commit'][:7])} {row['subject']}"
    return title, *(_cell(cell, session) for cell in (row["pipeline"], row["artifact"], *row["places"]))


def _cell(cell: Row, session: Session) -> str:
    if cell["state"] == "none":
        return session.paint.quiet("–")
    return session.paint.lamp(cell["state"], cell["words"])


def _clock(at: str) -> str:
    return f"{datetime.fromisoformat(at):%a %H:%M:%S}"


def _seconds(duration: str | float) -> float:
    """A duration as JSON has it: seconds, or ISO 8601."""
    import msgspec

    if isinstance(duration, int | float):
        return float(duration)
    return msgspec.convert(duration, timedelta).total_seconds()
