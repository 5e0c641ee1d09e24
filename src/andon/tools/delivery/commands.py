"""The commands of delivery: promote, rollback, restart, cord, line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from andon.console.session import Session
from andon.console.tables import table
from andon.console.terminal import harmless

if TYPE_CHECKING:
    from rich.console import RenderableType

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

WAIT_SECONDS = 300
STEP_SECONDS = 15  #: a request may take no longer; the wait goes on in the next one

cord = App(name="cord", help="Stop the line, or let it go on.")


def promote(service: str, *, env: str = "", version: str = "", wait: int = WAIT_SECONDS, session: Here) -> int:
    """Let an artifact into the next environment.

    Parameters
    ----------
    service:
        The service, as in its andon.toml.
    env:
        The environment; without it, the first that lacks the newest that may enter.
    version:
        Without it, the newest that may enter.
    wait:
        Seconds to wait for the verdict; 0 only asks.
    """
    body = {"service": service, "environment": env, "version": version}
    return _promoted(session, "/api/v1/promotions", body, wait)


def rollback(service: str, *, env: str = "", version: str = "", wait: int = WAIT_SECONDS, session: Here) -> int:
    """Go back to an artifact that worked: it is promoted again, never built again.

    Parameters
    ----------
    service:
        The service, as in its andon.toml.
    env:
        The environment; without it, the last one of the line.
    version:
        The version; without it, the one before what is live.
    wait:
        Seconds to wait for the verdict; 0 only asks.
    """
    body = {"service": service, "environment": env, "version": version}
    return _promoted(session, "/api/v1/rollbacks", body, wait)


def restart(service: str, *, env: str = "", wait: int = WAIT_SECONDS, session: Here) -> int:
    """Start the version that serves once more, with fresh configuration and secrets; no request is lost.

    Parameters
    ----------
    service:
        The service, as in its andon.toml.
    env:
        The environment; needed when the service serves in several.
    wait:
        Seconds to wait for the verdict; 0 only asks.
    """
    return _promoted(session, "/api/v1/restarts", {"service": service, "environment": env}, wait)


@cord.command(name="pull")
def pull(scope: str = "line", *, reason: str, session: Here) -> None:
    """Stop every promotion in a scope.

    Parameters
    ----------
    scope:
        line, environment/NAME or service/NAME.
    reason:
        Why, for everybody who will be stopped by it.
    """
    pulled: list[Row] = session.api.post("/api/v1/cord", {"scope": scope, "reason": reason})
    then = f"when it is safe, an operator releases it: andon cord release {scope} --reason …"
    session.show(pulled, lambda _: f"{session.paint.lamp('pulled', scope)} is stopped\n  {then}")


@cord.command(name="release")
def release(scope: str = "line", *, reason: str, session: Here) -> None:
    """Let promotions in a scope go on.

    Parameters
    ----------
    scope:
        line, environment/NAME or service/NAME.
    reason:
        What was found, and why it is safe now.
    """
    left: list[Row] = session.api.post("/api/v1/cord/release", {"scope": scope, "reason": reason})
    session.show(left, lambda cords: "\n".join((f"{session.paint.lamp('success', scope)} goes on", *_cords(cords))))


@cord.command(name="list")
def list_cords(*, session: Here) -> None:
    """Every cord that is pulled."""
    pulled: list[Row] = session.api.get("/api/v1/cord")
    session.show(pulled, lambda cords: "\n".join(_cords(cords)) or "No cord is pulled.")


def line(*, session: Here) -> None:
    """The environments in their order, and what runs in them."""
    environments: list[Row] = session.api.get("/api/v1/environments")
    session.show(environments, lambda rows: _line(session, rows))
    defined: Row = session.api.get("/api/v1/line")
    for warning in filter(None, (defined["trouble"], *defined["warnings"])):
        session.terminal.note(f"{session.paint.warn('!')} {harmless(warning)}")


_COLUMNS = ("environment", "service", "live", "*last verdict", "address")


def _line(session: Session, environments: list[Row]) -> RenderableType:
    """What is on its way stands below: in a column of its own it would cut the addresses off."""
    from rich.console import Group
    from rich.text import Text

    whole = table(_COLUMNS, [row for one in environments for row in _rows(session, one)])
    moving = [
        Text.from_ansi(harmless(said))
        for environment in environments
        for service in environment["services"]
        if (said := _on_its_way(session, environment["name"], service))
    ]
    head = [Text.from_ansi(session.paint.lamp(one["colour"], harmless(one["sentence"]))) for one in environments]
    return Group(*head, Text(), whole, *([Text(), *moving] if moving else []))


def _rows(session: Session, environment: Row) -> list[tuple[str, ...]]:
    name = f"{environment['name']} ({environment['promotion'] or 'not in the line'})"
    services: list[Row] = environment["services"]
    if not services:
        return [(name, session.paint.quiet("nothing yet"), "", "", "")]
    return [_row(session, name if at == 0 else "", one) for at, one in enumerate(services)]


def _row(session: Session, environment: str, service: Row) -> tuple[str, ...]:
    live, last = service["live"], (service["promoted"] or [None])[0]
    return (
        environment,
        service["service"],
        _live(session, service) if live else "–",
        session.paint.state(last["verdict"], f"{last['revision']['version']} {last['verdict']}") if last else "",
        service["url"],
    )


def _live(session: Session, service: Row) -> str:
    """The version, and whether it answers."""
    version = str(service["live"]["version"])
    down = service["route_trouble"] or any(slot["lost"] for slot in service["slots"] if slot["role"] == "live")
    return session.paint.state("failed", f"{version} is down, is being started again") if down else version


def _on_its_way(session: Session, environment: str, service: Row) -> str:
    name = service["service"]
    if service["stopped_by"]:
        return session.paint.state("stopped", f"{name} in {environment} is stopped: {service['stopped_by']['reason']}")
    if service["in_progress"]:
        coming = service["in_progress"]
        what = f"{name} {coming['revision']['version']}"
        return session.paint.state("running", f"{what} is on its way into {environment}: {coming['phase']}")
    if service["offered"]:
        return session.paint.state("offered", f"{name} {service['offered']} waits: {service['next']}")
    return ""


def _cords(cords: list[Row]) -> list[str]:
    return [f'■ {one["scope"]} is stopped: "{one["reason"]}", pulled by {one["by"]}' for one in cords]


def _promoted(session: Session, path: str, body: Row, wait: int) -> int:
    """Ask, and wait for the verdict; the exit code."""
    answer: Row = session.api.post(path, body, query={"wait": min(wait, STEP_SECONDS)})
    left = wait - STEP_SECONDS
    while answer["state"] == "requested" and left > 0:
        where = f"/api/v1/promotions/{answer['promotion']}"
        answer = session.api.get(where, query={"wait": min(left, STEP_SECONDS)})
        left -= STEP_SECONDS
    session.show(answer, lambda one: _in_words(session, one))
    return 1 if answer["state"] == "failed" else 0


def _in_words(session: Session, answer: Row) -> str:
    what, where = f"{answer['service']} {answer['version']}", answer["environment"]
    match answer["state"]:
        case "there":
            return f"{session.paint.lamp('verified', what)} is in {where} already; nothing to do"
        case "verified":
            took = f"{answer['took_seconds']:.1f} s"
            lost = f"\n  {session.paint.lamp('warning', answer['warning'])}" if answer["warning"] else ""
            return f"{session.paint.lamp('verified', what)} verified in {where} after {took}\n  {answer['url']}{lost}"
        case "failed":
            return f"{session.paint.lamp('failed', what)} failed in {where} ({answer['phase']}): {answer['reason']}"
        case _:
            return f"{session.paint.lamp('running', what)} is on its way into {where}; see:  andon line"
