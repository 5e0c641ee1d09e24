"""`andon logs`: what a service printed, now or in an earlier version."""

from __future__ import annotations

from time import sleep
from typing import Annotated, Any

from cyclopts import Parameter

from andon.console.session import Session
from andon.kernel.errors import Invalid, NotFound
from andon.standards.shapes import did_you_mean
from andon.standards.terminal_text import painted, readable

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

PAUSE_S = 0.5  #: between two looks at a log that is followed
_AT_ONCE = 1000  #: lines
_STARTED = ("live", "in_progress", "promoted")  #: what a service has once it was started in an environment


def logs(  # noqa: PLR0913  (each is a word of the command)
    service: str,
    /,
    *,
    env: str = "",
    version: str = "",
    follow: Annotated[bool, Parameter(name=["--follow", "-f"], negative="")] = False,
    limit: int = 200,
    since: str = "",
    times: bool = True,
    session: Here,
) -> None:
    """What a service printed, with secrets masked.

    Parameters
    ----------
    service:
        The service, as in its andon.toml.
    env:
        The environment; without it, the last one of the line in which it was started.
    version:
        The version; without it, the one that was started last there, also when it failed.
    follow:
        Go on until Ctrl-C; without a version, also into the next one.
    limit:
        How many lines from the end.
    since:
        Only lines of the last while, such as 10m.
    times:
        The time before each line, in UTC.
    """
    where = f"/api/v1/environments/{env or _environment(session, service)}/{service}"
    shown: Row = session.api.get(f"{where}/log", query={"version": version, "limit": limit, "since": since})
    if session.json:
        session.show(shown, str)
        return
    _head(session, shown["log"])
    _print(session, shown["lines"], times=times)
    while follow:
        shown = _next(session, where, shown, version)
        _print(session, shown["lines"], times=times)


def _next(session: Session, where: str, shown: Row, version: str) -> Row:
    """What was printed since; the next version's log when this one has ended and no version was asked for."""
    log = shown["log"]
    query = {"promotion": log["promotion"], "after": shown["next_offset"], "limit": _AT_ONCE}
    further: Row = session.api.get(f"{where}/log", query=query)
    if further["lines"]:
        return further
    newest: Row = log if version or further["log"]["is_open"] else session.api.get(f"{where}/logs")[0]
    if newest["promotion"] != log["promotion"]:
        _head(session, newest)
        return {"log": newest, "lines": [], "next_offset": 0}
    sleep(PAUSE_S)
    return further


def _environment(session: Session, service: str) -> str:
    """The last one of the line in which the service was ever started. Errors: NotFound, Invalid."""
    if service.isdecimal():
        raise Invalid(f"{service} is no service. What a run printed: andon log {service}")
    environments: list[Row] = session.api.get("/api/v1/environments")
    placed = [(one["name"], each) for one in environments for each in one["services"]]
    found = [name for name, each in placed if each["service"] == service and any(each[key] for key in _STARTED)]
    if not found:
        known = tuple(dict.fromkeys(each["service"] for _, each in placed))
        hint = did_you_mean(service, known) or f"Services: {', '.join(known) or 'none'}."
        raise NotFound(f'No service "{service}" was started anywhere yet. {hint}')
    return str(found[-1])


def _head(session: Session, log: Row) -> None:
    state = "running" if log["is_open"] else "ended"
    words = ", ".join(word for word in (log["verdict"], state) if word)
    session.terminal.note(
        session.paint.quiet(f"{log['service']} {log['version']} in {log['environment']} ({words})".replace("  ", " "))
    )


def _print(session: Session, lines: list[Row], *, times: bool) -> None:
    for line in lines:
        text = painted(line["text"]) if session.paint.colour else readable(line["text"])
        text = session.paint.quiet(f"andon: {text}") if line["is_note"] else text
        time_of = f"{session.paint.quiet(line['at'].replace('T', ' ').removesuffix('Z'))}  " if times else ""
        session.terminal.print(f"{time_of}{text}")
