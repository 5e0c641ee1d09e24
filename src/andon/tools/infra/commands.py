"""The commands of infra: secrets of a service in an environment."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from andon.console.secret_input import read_secret
from andon.console.session import Session
from andon.console.tables import table

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

secret = App(name="secret", help="Secrets of a service in an environment.")


@secret.command(name="set")
def set_secret(environment: str, service: str, name: str, *, session: Here) -> None:
    """Keep a value, asked for hidden or read from standard input, and say when the service gets it.

    Parameters
    ----------
    environment:
        Such as production.
    service:
        The service that gets it.
    name:
        The variable that it finds the value in, such as DATABASE_URL.
    """
    value = read_secret(f"{name} for {service} in {environment}")
    row: Row = session.api.put(_path(environment, service, name), {"value": value})
    said = f"✓ {name} is set for {service} in {environment}, fingerprint {row['fingerprint']}\n  {row['when']}"
    session.show(row, lambda _: said)
    if row["warning"]:
        session.terminal.note(f"{session.paint.warn('!')} {row['warning']}")


@secret.command(name="list")
def list_secrets(env: str = "", service: str = "", *, session: Here) -> None:
    """Names, fingerprints, and who set them when; nobody can read a value back.

    Parameters
    ----------
    env:
        Only of this environment.
    service:
        Only of this service.
    """
    query = {"environment": env or None, "service": service or None}
    rows: list[Row] = session.api.get("/api/v1/secrets", query=query)
    if not rows and not session.json:
        session.say("No secret is set. Set one with: andon secret set ENVIRONMENT SERVICE NAME")
        return
    session.show(
        rows,
        lambda rows: table(
            ("environment", "service", "name", "fingerprint", "set", "by"),
            [
                (
                    r["environment"],
                    r["service"],
                    r["name"],
                    r["fingerprint"],
                    r["set_at"][:16].replace("T", " "),
                    r["set_by"],
                )
                for r in rows
            ],
        ),
    )
    for warning in dict.fromkeys(row["warning"] for row in rows if row["warning"]):
        session.terminal.note(f"{session.paint.warn('!')} {warning}")


@secret.command(name="remove")
def remove_secret(environment: str, service: str, name: str, *, session: Here) -> None:
    """Forget a value, and say when the service misses it.

    Parameters
    ----------
    environment:
        Such as production.
    service:
        The service that got it.
    name:
        The variable.
    """
    gone: Row = session.api.delete(_path(environment, service, name))
    session.show(gone, lambda row: f"✓ {name} is gone from {service} in {environment}\n  {row['when']}")


def _path(environment: str, service: str, name: str) -> str:
    return "/api/v1/secrets/" + "/".join(quote(part, safe="") for part in (environment, service, name))
