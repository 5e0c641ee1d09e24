"""The commands of pipelines that ask a server: runs, log."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from andon.console.commits import resolve_commit
from andon.console.paint import Paint
from andon.console.session import Session
from andon.console.tables import table
from andon.kernel.errors import Invalid
from andon.kernel.ids import short
from andon.kernel.sizes import print_size
from andon.kernel.words import ago, duration, plural
from andon.standards.terminal_text import painted, readable

if TYPE_CHECKING:
    from rich.table import Table

    from andon.console.api import Api

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

PAUSE_S = 0.5  #: between two looks at a run that somebody waits for
_MOST_LINES = 5000  #: in one answer
_WIDE = 100  #: columns from which on there is room for authors

runs = App(name="runs", help="The last runs.")


@runs.default
def list_runs(*, repository: str = "", branch: str = "", limit: int = 20, session: Here) -> None:
    """The last runs, newest first.

    Parameters
    ----------
    repository:
        Only of this repository.
    branch:
        Only of this branch.
    limit:
        How many.
    """
    query: dict[str, str | int | bool | None] = {"repository": repository, "branch": branch, "limit": limit}
    found: list[Row] = session.api.get("/api/v1/runs", query=query)
    if not found and not session.json:
        session.say("No run yet. Push something: andon init, git commit, git push andon")
        return
    now = datetime.now(UTC)  # noqa: TID251  (the person's own clock, for "4 min ago")
    session.show(found, lambda rows: _table(rows, session, now))


@runs.command(name="show")
def show_run(run: int, *, session: Here) -> None:
    """One run: its tasks, why those failed that did, and the hosts that they talked to.

    Parameters
    ----------
    run:
        Its number.
    """
    found: Row = session.api.get(f"/api/v1/runs/{run}")
    session.show(found, lambda row: "\n".join(_run_lines(row, session.paint)))


def _run_lines(run: Row, paint: Paint) -> Iterator[str]:
    of = f"{run['repository']} {short(run['commit'])}"
    yield f"{paint.lamp(run['lamp'])} run {run['number']} of {of}  {run['subject']}"
    if run["reason"]:
        yield f"  {run['reason']}"
    for task in run["tasks"]:
        yield f"  {paint.lamp(task['lamp'])} {task['name']}  {paint.quiet(task['reason'])}".rstrip()
        if task["lamp"] in {"failure", "error"}:
            yield from (f"      {line}" for line in task["failing_lines"])
            yield f"      see: andon log {run['number']} {task['name']}"
        yield from (f"      {_host_line(host)}" for host in task["hosts"])


def _host_line(host: Row) -> str:
    if host["refused"]:
        return f"refused: {host['refused']}"
    sent, received = print_size(host["sent_bytes"]), print_size(host["received_bytes"])
    connections = plural(host["connections"], "connection")
    return f"talked to {host['host']}:{host['port']}, {connections}, {sent} sent, {received} received"


@runs.command(name="rerun")
def rerun(run: str, commit: str = "", /, *, session: Here) -> None:
    """Run the commit of a run again: a new run with a number of its own.

    Parameters
    ----------
    run:
        The run's number; or a repository, and then a commit.
    commit:
        The commit in the repository, its first seven digits, or as git here calls it.
    """
    if commit:
        made: Row = session.api.post("/api/v1/runs", {"repository": run, "commit": resolve_commit(commit)})
    elif run.isdecimal():
        made = session.api.post(f"/api/v1/runs/{run}/rerun")
    else:
        raise Invalid(f'"{run}" is no number of a run. See the numbers with: andon runs')
    session.show(made, lambda row: f"✓ run {row['number']} is queued\n  {session.url}/runs/{row['number']}")


@runs.command(name="wait")
def wait_for_run(run: int, *, timeout: int = 3600, session: Here) -> int:
    """Wait until a run has ended. Ends with 0: green, 1: red or cancelled, 2: not ended in time.

    Parameters
    ----------
    run:
        Its number.
    timeout:
        Seconds to wait at most.
    """
    until = monotonic() + timeout
    found: Row = session.api.get(f"/api/v1/runs/{run}")
    while found["took_s"] is None and monotonic() < until:
        sleep(PAUSE_S)
        found = session.api.get(f"/api/v1/runs/{run}")
    session.show(found, lambda row: "\n".join(_run_lines(row, session.paint)))
    if found["took_s"] is None:
        return 2
    return 0 if found["lamp"] in {"success", "skip"} else 1


@runs.command(name="cancel")
def cancel_run(run: int, *, reason: str = "", session: Here) -> None:
    """Stop a run and everything it started.

    Parameters
    ----------
    run:
        Its number.
    reason:
        Why; it is written to the ledger.
    """
    cancelled: Row = session.api.post(f"/api/v1/runs/{run}/cancel", {"reason": reason})
    session.show(cancelled, lambda row: f"✓ run {row['number']} is being stopped")


def log(  # noqa: PLR0913  (each is a word of the command)
    run: int,
    task: str = "",
    /,
    *,
    follow: Annotated[bool, Parameter(name=["--follow", "-f"], negative="")] = False,
    find: str = "",
    limit: int = 0,
    times: bool = False,
    session: Here,
) -> None:
    """What a task printed.

    Parameters
    ----------
    run:
        The run's number.
    task:
        The task; without it, the first that is red, or the only one.
    follow:
        Go on until the task has ended.
    find:
        Only lines that hold this text, with their numbers.
    limit:
        Only so many lines from the end.
    times:
        The time before each line, in UTC.
    """
    name = task or _task_that_is_meant(session.api.get(f"/api/v1/runs/{run}"))
    path = f"/api/v1/runs/{run}/tasks/{name}/log"
    if find:
        _print_found(session, path, find, times=times)
    elif times and not session.json:
        for row in _timed(session.api, path, -limit if limit else 1, follow=follow):
            session.terminal.print(f"{_time_of(row, session)}{_safe(session, row['text'])}")
    elif limit or (session.json and not follow):
        window: Row = session.api.get(path, query={"first": -limit if limit else 1, "count": limit or _MOST_LINES})
        # not what `show` hands over: a task's own colours are wanted here
        session.show(window, lambda _: "\n".join(_safe(session, line["text"]) for line in window["lines"]))
    else:
        with session.api.stream(f"{path}/raw", query={"follow": follow}) as pieces:
            for line in _lines(pieces):
                session.terminal.print(_safe(session, line))


def _timed(api: Api, path: str, first: int, *, follow: bool) -> Iterator[Row]:
    """Lines with their times; of one that is followed, the last is whole when another one follows, or none will."""
    while True:
        window: Row = api.get(path, query={"first": first, "count": _MOST_LINES})
        lines = window["lines"] if window["ended"] or not follow else window["lines"][:-1]
        yield from lines
        first = lines[-1]["number"] + 1 if lines else max(first, 1)
        if not lines and (window["ended"] or not follow):
            return
        if not lines:
            sleep(PAUSE_S)


def _task_that_is_meant(run: Row) -> str:
    """The first red task, else the only one. Errors: Invalid, with the names."""
    red = [task["name"] for task in run["tasks"] if task["lamp"] in {"failure", "error"}]
    names = [task["name"] for task in run["tasks"]]
    meant = red or names
    if not names:
        raise Invalid(f"Run {run['number']} has no tasks: {run['reason'] or 'its pipeline is not read yet'}.")
    if not red and len(names) > 1:
        raise Invalid(f"Which task? andon log {run['number']} TASK, with one of: {', '.join(names)}.")
    return str(meant[0])


def _time_of(line: Row, session: Session) -> str:
    return f"{session.paint.quiet((line['at'] or '')[:23].replace('T', ' ').removesuffix('Z').ljust(23))}  "


def _print_found(session: Session, path: str, text: str, *, times: bool) -> None:
    found: list[Row] = []
    page: Row = {"has_more": True}
    while page["has_more"]:
        after = found[-1]["number"] if found else 0
        page = session.api.get(f"{path}/search", query={"text": text, "after": after, "limit": 1000})
        found += page["lines"]
    session.show(found, lambda _: "\n".join(_found_line(line, session, times=times) for line in found))


def _found_line(line: Row, session: Session, *, times: bool) -> str:
    at = _time_of(line, session) if times else ""
    return f"{line['number']:>8}  {at}{_safe(session, line['text'])}"


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Lines as they are complete; the last one also without its end."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        yield from whole
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest


def _safe(session: Session, line: str) -> str:
    """The line without orders to the terminal; colours stay where there are colours."""
    return painted(line) if session.paint.colour else readable(line)


def _table(rows: list[Row], session: Session, now: datetime) -> Table:
    """What was pushed matters more than by whom: a narrow terminal does without the authors."""
    columns = ("run", "repository", "branch", "commit", "*subject", "author", "state", ">took", "when")
    kept = [at for at, name in enumerate(columns) if name != "author" or session.terminal.width >= _WIDE]
    lines = [_line(row, session.paint, now) for row in rows]
    return table([columns[at] for at in kept], [[line[at] for at in kept] for line in lines])


def _line(run: Row, paint: Paint, now: datetime) -> tuple[str, ...]:
    length = run["took_s"]
    return (
        str(run["number"]),
        run["repository"],
        run["branch"],
        short(run["commit"]),
        run["subject"],
        run["author"],
        paint.state(run["lamp"]),
        duration(timedelta(seconds=length)) if length is not None else "",
        ago(datetime.fromisoformat(run["queued_at"]), now),
    )
