"""The commands of intake: other tools that report facts, and files that hold some."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from cyclopts import App, Parameter

from andon.console.secret_input import read_secret
from andon.console.session import Session
from andon.console.tables import table
from andon.console.terminal import inert
from andon.kernel.errors import Invalid, Problem
from andon.kernel.sizes import print_size
from andon.kernel.words import minute, plural
from andon.tools.measurement.commands.source_lines import sources_table, trouble_lines, walk_lines

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

connect = App(name="connect", help="Connect tools that deploy, build or manage incidents.")


def _help(text: str) -> Parameter:
    return Parameter(help=text)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How the other tool's names are read, and where its repositories are."""

    service: Annotated[
        tuple[str, ...],
        _help(
            'Which of its repositories is which service: "octo-org/shop=shop". Else a repository\'s own name counts.'
        ),
    ] = ()
    environment: Annotated[tuple[str, ...], _help('Which of its environments is which: "prod*=production".')] = ()
    default_environment: Annotated[str, _help("Where things happen that name no environment.")] = ""
    deploying: Annotated[
        tuple[str, ...], _help('Which of its pipelines deploy, and to where: "release*=production".')
    ] = ()
    tag: Annotated[tuple[str, ...], _help('Which tags run somewhere: "v*=production".')] = ()
    clones_from: Annotated[str, _help("Git may be walked at addresses like https://git.example.org/…")] = ""


@connect.command(name="add")
def add_connection(
    name: str,
    kind: str,
    *,
    names: Names = Names(),
    ask_secret: bool = False,
    session: Here,
) -> None:
    """Connect a tool by webhook. Run again to update its mappings.

    Parameters
    ----------
    name:
        What its facts are called by, such as our-github.
    kind:
        github, gitlab, pagerduty, alertmanager or cdevents.
    ask_secret:
        Ask for the secret, hidden, or read it from standard input. Otherwise one is made.
    """
    body = {
        "kind": kind,
        "services": [_pair(each, "service") for each in names.service],
        "environments": [_pair(each, "environment") for each in names.environment],
        "default_environment": names.default_environment,
        "deploying": [_pair(each, "environment") for each in names.deploying],
        "tags": [_pair(each, "environment") for each in names.tag],
        "clones_from": names.clones_from,
        "secret": read_secret(f"Secret of {name}") if ask_secret else "",
    }
    row: Row = session.api.put(_path(name), body)
    session.show(row, lambda row: _added(row, session.url))


@connect.command(name="list")
def list_connections(*, session: Here) -> None:
    """List the sources: facts received, last delivery, problems."""
    found: Row = session.api.get("/api/v1/measurement/sources")
    if session.json or found["sources"]:
        session.show(found, lambda shown: sources_table(shown["sources"]))
    else:
        session.say("Nothing is connected. Connect a tool with: andon connect add NAME KIND")
    if not session.json:
        for line in (*walk_lines(found["walks"]), *trouble_lines(found)):
            session.say(inert(line))


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
    session.show(row, lambda row: f"✓ {name} has a new secret; sign deliveries with it{_secret_line(row)}")


@connect.command(name="remove")
def remove_connection(name: str, *, session: Here) -> None:
    """Disconnect a tool. The facts it reported are kept.

    Parameters
    ----------
    name:
        The connection.
    """
    session.api.delete(_path(name))
    session.say(f"✓ {name} is disconnected; the facts it reported are kept")


@connect.command(name="kept")
def list_kept(*, session: Here) -> None:
    """List deliveries of unsupported kinds, the newest first."""
    rows: list[Row] = session.api.get("/api/v1/measurement/kept")
    if not rows and not session.json:
        session.say("No unsupported deliveries.")
        return
    columns = ("came", "connection", "what", "*why", ">size", "digest")
    session.show(
        rows,
        lambda rows: table(
            columns,
            [
                (
                    minute(r["at"]),
                    r["connection"],
                    r["what"],
                    r["why"],
                    print_size(r["size_bytes"]),
                    r["digest"][:19],
                )
                for r in rows
            ],
        ),
    )


def import_file(  # noqa: PLR0913  (how a file is to be read)
    file: Path,
    *,
    table: str = "",
    source: str = "file",
    as_: Annotated[str, Parameter(name="--as")] = "",
    form: Literal["csv", "json", "jsonl", ""] = "",
    deliveries_of: str = "",
    strict: bool = False,
    session: Here,
) -> int:
    """Take the facts in a file: good rows are taken, broken ones are named and counted; with any, the exit code is 1.

    Parameters
    ----------
    file:
        CSV, JSON, or JSON with one object a line; the page Data (/data) says which columns.
    table:
        What a row of it is: deployments, incidents, commits, changes, runs …; else the file's name says it.
    source:
        What its facts are reported by; the same facts from another source are others.
    as_:
        The file is another server's export: its facts come under this name, and leave those of this server alone.
    form:
        csv, json or jsonl; else the file's ending says it.
    deliveries_of:
        The file holds saved webhooks of this connection, one a line.
    strict:
        Take all or nothing.
    """
    query: dict[str, str | bool] = {
        "form": form or _form(file),
        "table": table or ("" if deliveries_of else _table(file)),
        "source": as_ or source,
        "deliveries_of": deliveries_of,
        "strict": strict,
        "apart": bool(as_),
    }
    try:
        with file.open("rb") as opened:
            imported: Row = session.api.upload("/api/v1/measurement/import", opened, query=query)
    except OSError as error:
        raise Invalid(Problem(where=str(file), message=f"cannot be read: {error.strerror}.")) from None
    session.show(imported, lambda imported: _imported(imported, file))
    return 1 if imported["broken"] else 0


def _form(file: Path) -> str:
    form = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}.get(file.suffix.lower(), "")
    if not form:
        raise Invalid(
            Problem(where=str(file), message="the ending says no form.", remedy="Add --form csv, json or jsonl.")
        )
    return form


def _table(file: Path) -> str:
    """The table that a file is called after; only a CSV file needs one."""
    from andon.tools.measurement.model.tables.import_row import TABLES

    return file.stem if file.stem in TABLES else ""


def _imported(imported: Row, file: Path) -> str:
    again = ": nothing is new, all of it was imported before" if imported["nothing_new"] else ""
    lines = [f"✓ {plural(imported['taken'], 'fact')} of {file.name} taken as {imported['source']}{again}"]
    if imported["known"]:
        lines = [f"✓ {file.name} was taken before: nothing is new"]
    if imported["unread"]:
        lines.append(f"  {plural(imported['unread'], 'delivery', 'deliveries')} of an unsupported kind")
    if imported["ignored"]:
        lines.append(f"  ignored columns: {', '.join(imported['ignored'])}")
    if imported["broken"]:
        lines.append(f"✗ {plural(imported['broken'], 'row')} broken and left out:")
        lines += [f"  {each['where']}: {each['message']}" for each in imported["problems"]]
        if left := imported["broken"] - len(imported["problems"]):
            lines.append(f"  and {left:,} more")
    return "\n".join(lines)


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
    lines = [f"✓ {row['name']} ({row['kind']}) is connected", f"  address   {url}{row['path']}"]
    if row["secret"]:
        lines.append(f"  secret    {row['secret']}   (shown this once)")
    elif not row["has_secret"]:
        lines.append(f"  next: set the secret that {row['kind']} shows you:  andon connect secret {row['name']}")
    if row["secret"]:
        lines.append(
            "  next: enter both where the other tool asks for a webhook; the page Sources (/sources) says where"
        )
    return "\n".join(lines)


def _secret_line(row: Row) -> str:
    return f"\n  secret    {row['secret']}   (shown this once)" if row["secret"] else ""
