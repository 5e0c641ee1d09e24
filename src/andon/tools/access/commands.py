"""The commands of access: login, account, token, and what git asks for a password."""

from __future__ import annotations

import sys
from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from andon.console.secret_input import read_secret
from andon.console.session import Session
from andon.console.tables import table
from andon.kernel.errors import Forbidden, Invalid
from andon.tools.access.model.role import Permission, Role

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

account = App(name="account", help="People, machines and their roles.")
token = App(name="token", help="Tokens for people and machines.")


def login(*, with_token: bool = False, account: str = "", session: Here) -> None:
    """Make a one-time link for the browser; or, on a machine without a token, sign in with one.

    Parameters
    ----------
    with_token:
        Ask for a token and keep it for this server. An admin makes one with: andon token create
    account:
        Whom the link is for; only an admin can make one for somebody else.
    """
    if with_token or not session.find_token(session.url):
        _keep_token(session)
        return
    made: Row = session.api.post("/api/v1/login-links", {"account": account})
    session.show(
        made,
        lambda link: (
            f"{link['url']}\n  logs {link['account']} in, once, within the next 15 minutes: open it in a browser"
        ),
    )


def _keep_token(session: Session) -> None:
    """Try the token before it is kept."""
    from andon.console.api import Api

    secret = read_secret(f"Token for {session.url}")
    who: Row = Api(url=session.url, token=secret).get("/api/v1/whoami")
    if not who["account"]:
        raise Forbidden(
            f"{session.url} does not know this token. Ask an admin for one: andon token create --account NAME"
        )
    session.keep_token(session.url, secret)
    session.remember_server(session.url)
    session.show(who, lambda me: f"✓ signed in at {session.url} as {me['account']}, may {', '.join(me['permissions'])}")


@account.command(name="add")
def add_account(name: str, *, role: Role = "developer", machine: bool = False, session: Here) -> None:
    """Let a person or a machine in.

    Parameters
    ----------
    name:
        How the ledger will call them.
    role:
        What they may do.
    machine:
        It is a machine: it gets tokens, but no login links.
    """
    body = {"account": name, "role": role, "kind": "machine" if machine else "person"}
    added: Row = session.api.post("/api/v1/accounts", body)
    next_step = f"andon token create --account {name} --scope read" if machine else f"andon login --account {name}"
    session.show(added, lambda row: f"✓ {row['account']} is {row['role']}\n  next: {next_step}")


@account.command(name="list")
def list_accounts(*, session: Here) -> None:
    """Every account, for an admin; for others their own."""
    rows: list[Row] = session.api.get("/api/v1/accounts")
    session.show(
        rows,
        lambda rows: table(
            ("account", "kind", "role", ">tokens", ">sessions", "created", "by"),
            [
                (
                    r["account"],
                    r["kind"],
                    r["role"],
                    str(r["tokens"]),
                    str(r["sessions"]),
                    _day(r["created_at"]),
                    r["created_by"],
                )
                for r in rows
            ],
        ),
    )


@account.command(name="role")
def give_role(name: str, role: Role, *, session: Here) -> None:
    """Change what an account may do.

    Parameters
    ----------
    name:
        The account.
    role:
        What they may do.
    """
    changed: Row = session.api.put(f"/api/v1/accounts/{quote(name, safe='')}/role", {"role": role})
    session.show(changed, lambda row: f"✓ {row['account']} is {row['role']}")


@account.command(name="remove")
def remove_account(name: str, *, yes: bool = False, session: Here) -> None:
    """End an account: its tokens, sessions and login link. Its name stays in the ledger. Without --yes: what would end.

    Parameters
    ----------
    name:
        The account.
    yes:
        Do it.
    """
    query = {"sure": True if yes else None}
    ending: Row = session.api.delete(f"/api/v1/accounts/{quote(name, safe='')}", query=query)
    session.show(ending, lambda row: "\n".join(_ended(row, done=yes)))


def _ended(row: Row, *, done: bool) -> list[str]:
    name, verb = row["account"], "ended" if done else "would end"
    keys = [f"  token {token} {verb}" for token in row["tokens"]]
    if row["sessions"]:
        keys.append(f"  browsers signed in: {row['sessions']} {verb}")
    if row["login_link"]:
        keys.append(f"  its login link {verb}")
    keys = keys or ["  it has no tokens, sessions or links"]
    if done:
        return [f"✓ {name} is removed; nobody else can get this name", *keys]
    return [f"{name} would be removed:", *keys, f"Nothing was changed. To do it:  andon account remove {name} --yes"]


@account.command(name="logout")
def close_sessions(name: str, *, session: Here) -> None:
    """Log an account out in every browser.

    Parameters
    ----------
    name:
        The account.
    """
    session.api.delete(f"/api/v1/accounts/{quote(name, safe='')}/sessions")
    session.say(f"✓ {name} is logged out everywhere")


@token.command(name="create")
def create_token(
    *,
    scope: Annotated[tuple[Permission, ...], Parameter(negative="")] = ("read", "push", "run"),
    account: str = "",
    days: int = 90,
    note: str = "",
    session: Here,
) -> None:
    """Make a token; it is shown once.

    Parameters
    ----------
    scope:
        What it may do. Several: --scope read --scope push.
    account:
        Whose it is; only an admin can make one for somebody else.
    days:
        How long it lasts, from 1 to 366 days.
    note:
        What it is for, to know it again.
    """
    body = {"scopes": scope, "account": account, "expires_in_days": days, "note": note}
    made: Row = session.api.post("/api/v1/tokens", body)
    until = f"until {_day(made['expires_at'])}" if made["expires_at"] else "until it is revoked"
    session.show(made, lambda row: f"{row['token']}\n  for {row['account']}, good {until}; it is not shown again")


@token.command(name="list")
def list_tokens(*, account: str = "", session: Here) -> None:
    """The tokens of an account, without their secrets.

    Parameters
    ----------
    account:
        Whose; only an admin sees those of others.
    """
    rows: list[Row] = session.api.get("/api/v1/tokens", query={"account": account or None})
    session.show(
        rows,
        lambda rows: table(
            ("id", "scopes", "until", "*note", "issued", "by"),
            [
                (
                    r["token_id"],
                    " ".join(r["scopes"]),
                    _day(r["expires_at"]),
                    r["note"],
                    _day(r["issued_at"]),
                    r["issued_by"],
                )
                for r in rows
            ],
        ),
    )


@token.command(name="revoke")
def revoke_token(token_id: str, *, account: str = "", session: Here) -> None:
    """Make a token void, at once.

    Parameters
    ----------
    token_id:
        As andon token list shows it.
    account:
        Whose; only an admin can revoke those of others.
    """
    session.api.delete(f"/api/v1/tokens/{quote(token_id, safe='')}", query={"account": account or None})
    session.say(f"✓ {token_id} opens nothing any more")


def credential(action: str = "get", /, *, session: Here) -> None:
    """What git asks: the user and the password for this server. Set up with: andon init.

    Source: gitcredentials(7).

    Parameters
    ----------
    action:
        get, store or erase; only get does anything, because the credentials file is Andon's own.
    """
    asked = dict(line.strip().partition("=")[::2] for line in sys.stdin if "=" in line) if action == "get" else {}
    if "protocol" not in asked or "host" not in asked:
        return
    secret = session.find_token(f"{asked['protocol']}://{asked['host']}")
    if any(character in secret for character in "\r\n\0"):
        raise Invalid("The token in the credentials file is damaged. Sign in again with: andon login --with-token")
    if secret:
        session.terminal.print(f"username=andon\npassword={secret}")


def _day(at: str | None) -> str:
    """The day of a time as the API gives it."""
    return at[:10] if at else "–"
