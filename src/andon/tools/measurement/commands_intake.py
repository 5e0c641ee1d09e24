"""The commands of intake: other tools that tell facts, and files that hold some."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from andon.console.secret_input import read_secret
from andon.console.session import Session
from andon.console.tables import table
from andon.console.words import count, size
from andon.kernel.errors import Invalid, Problem

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

connect = App(name="connect", help="Other tools that tell what they deploy, build and mend.")


@connect.command(name="add")
def add_connection(  # noqa: PLR0913  (a connection has so many names to give)
    name: str,
    kind: str,
    *,
    service: tuple[str, ...] = (),
    environment: tuple[str, ...] = (),
    default_environment: str = "",
    deploying: tuple[str, ...] = (),
    tag: tuple[str, ...] = (),
    clones_from: str = "",
    ask_secret: bool = False,
    session: Here,
) -> None:
    """Let another tool tell facts by webhook; said again, its names are read anew.

    Parameters
    ----------
    name:
        What its facts are called by, such as our-github.
    kind:
        github, gitlab, pagerduty, alertmanager or cdevents.
    service:
        Which of its repositories is which service: "octo-org/shop=shop". Without one, a repository's own name counts.
    environment:
        Which of its environments is which: "prod*=production".
    default_environment:
        Where things happen that name no environment.
    deploying:
        Which of its pipelines deploy, and to where: "release*=production".
    tag:
        Which tags run somewhere: "v*=production".
    clones_from:
        Git may be walked at addresses that begin so, such as https://git.example.org/
    ask_secret:
        Ask for the secret, hidden, or read it from standard input. Otherwise one is made.
    """
    body = {
        "kind": kind,
        "services": [_pair(each, "service") for each in service],
        "environments": [_pair(each, "environment") for each in environment],
        "default_environment": default_environment,
        "deploying": [_pair(each, "environment") for each in deploying],
        "tags": [_pair(each, "environment") for each in tag],
        "clones_from": clones_from,
        "secret": read_secret(f"Secret of {name}") if ask_secret else "",
    }
    row: Row = session.api.put(_path(name), body)
    session.show(row, lambda row: _added(row, session.url))


@connect.command(name="list")
def list_connections(*, session: Here) -> None:
    """Everything that tells facts: what it told, when it was last heard, and what goes wrong."""
    found: Row = session.api.get("/api/v1/measurement/sources")
    if not found["sources"] and not session.json:
        session.say("Nothing is connected. Connect a tool with: andon connect add NAME KIND")
        return
    session.show(found["sources"] if not session.json else found, lambda _: _sources(found["sources"]))
    if not session.json:
        _say_troubles(session, found)


@connect.command(name="secret")
def change_secret(name: str, *, make: bool = False, session: Here) -> None:
    """Take another secret, asked for hidden or read from standard input.

    Parameters
    ----------
    name:
        The connection.
    make:
        Let the server make one, and show it this once.
    """
    body = {"secret": "" if make else read_secret(f"Secret of {name}")}
    row: Row = session.api.put(f"{_path(name)}/secret", body)
    session.show(row, lambda row: f"✓ deliveries of {name} are signed with another secret from now on{_shown(row)}")


@connect.command(name="remove")
def remove_connection(name: str, *, session: Here) -> None:
    """Let a tool tell nothing any more. What it told stays.

    Parameters
    ----------
    name:
        The connection.
    """
    session.api.delete(_path(name))
    session.say(f"✓ {name} tells nothing any more; what it told stays")


@connect.command(name="kept")
def list_kept(*, session: Here) -> None:
    """Deliveries that nobody here understands yet, the newest first."""
    rows: list[Row] = session.api.get("/api/v1/measurement/kept")
    if not rows and not session.json:
        session.say("Nothing is kept: every delivery was understood.")
        return
    columns = ("came", "connection", "what", "*why", ">size", "digest")
    session.show(
        rows,
        lambda rows: table(
            columns,
            [
                (
                    _minute(r["at"]),
                    r["connection"],
                    r["what"],
                    r["why"],
                    size(r["size_bytes"]),
                    r["digest"][:19],
                )
                for r in rows
            ],
        ),
    )


def _pair(text: str, what: str) -> dict[str, str]:
    """ "octo-org/shop=shop". Errors: Invalid."""
    pattern, equals, name = text.rpartition("=")
    if not equals or not pattern or not name:
        remedy = f"Write what it is called there, =, and what it is called here: octo-org/shop=NAME ({what})."
        raise Invalid(Problem(where=text[:80], message="that names only one of two things.", remedy=remedy))
    return {"pattern": pattern, what: name}


def _path(name: str) -> str:
    return f"/api/v1/measurement/connections/{quote(name, safe='')}"


def _added(row: Row, url: str) -> str:
    lines = [f"✓ {row['name']} ({row['kind']}) may tell facts", f"  address   {url}{row['path']}"]
    if row["secret"]:
        lines.append(f"  secret    {row['secret']}   (shown this once)")
    elif not row["has_secret"]:
        lines.append(f"  next: set the secret that {row['kind']} shows you:  andon connect secret {row['name']}")
    if row["secret"]:
        lines.append("  next: enter both where the other tool asks for a webhook; docs/how-to/connect-your-tools.md")
    return "\n".join(lines)


def _shown(row: Row) -> str:
    return f"\n  secret    {row['secret']}   (shown this once)" if row["secret"] else ""


def _sources(rows: list[Row]) -> Any:
    columns = ("name", "kind", "heard", ">deliveries", "*told", ">kept", ">turned away")
    return table(columns, [_source(row) for row in rows])


def _source(row: Row) -> tuple[str, ...]:
    told = ", ".join(count(number, kind.removesuffix("s")) for kind, number in row["facts"].items() if number)
    kind = row["kind"] or "file"
    if row["kind"] and not row["has_secret"]:
        kind = f"{kind} (no secret yet)"
    return (
        row["name"],
        kind,
        _minute(row["heard_at"]) if row["heard_at"] else "never",
        f"{row['deliveries']:,}",
        told or "nothing yet",
        f"{row['kept']:,}",
        f"{row['turned_away']:,}",
    )


def _say_troubles(session: Session, found: Row) -> None:
    for walk in found["walks"]:
        if walk["trouble"]:
            session.say(f"  ✗ {walk['connection']}/{walk['repository']}: {walk['trouble']}")
    for trouble in found["troubles"][:10]:
        session.say(f"  ! {_minute(trouble['at'])}  {trouble['connection']}: {trouble['what']}")


def _minute(text: str) -> str:
    return f"{text[:16].replace('T', ' ')} UTC"
