"""The commands of names: which repository owns a service, and handing it over."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from andon.console.session import Session
from andon.console.tables import table

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

service = App(name="service", help="Services, and the repositories that own their names.")


@service.command(name="owners")
def owners(*, session: Here) -> None:
    """Every name of a service or an artifact, and the repository that alone may publish under it."""
    rows: list[Row] = session.api.get("/api/v1/names")
    if not rows and not session.json:
        session.say("Nothing was published yet. The first repository that publishes under a name owns it.")
        return
    session.show(rows, lambda rows: table(("name", "repository"), [(r["name"], r["repository"]) for r in rows]))


@service.command(name="remove")
def remove(name: str, *, env: str = "", yes: bool = False, session: Here) -> None:
    """Drain and stop a service, and close its port; its history stays. Without --yes: only what would end.

    Parameters
    ----------
    name:
        The service.
    env:
        Only in this environment.
    yes:
        Do it.
    """
    body = {"environment": env, "sure": yes}
    endings: list[Row] = session.api.post(f"/api/v1/services/{quote(name, safe='')}/removal", body)
    session.show(endings, lambda rows: "\n".join((*(_ending(row, done=yes) for row in rows), _next(name, yes, env))))


def _ending(row: Row, *, done: bool) -> str:
    what = f"{row['service']} {row['version']}".strip()
    end = "drained and stopped" if row["version"] else "taken back"
    return f"{row['environment']}: {what} {'is' if done else 'would be'} {end}"


def _next(name: str, done: bool, env: str) -> str:
    if done:
        return "The next push of its repository brings it back, unless [service] is out of its andon.toml."
    return f"Nothing was changed. To do it:  andon service remove {name}{f' --env {env}' if env else ''} --yes"


@service.command(name="transfer")
def transfer(name: str, *, to: str, session: Here) -> None:
    """Hand a service, or an artifact, over: from then on only the other repository publishes it. What runs goes on.

    Parameters
    ----------
    name:
        The service or artifact.
    to:
        The repository that gets it.
    """
    row: Row = session.api.post(f"/api/v1/names/{quote(name, safe='')}/transfer", {"repository": to})
    session.show(row, lambda row: f"{session.paint.lamp('success', row['name'])} belongs to {row['repository']} now")
