"""The API of access: who am I, accounts, tokens, login links."""

from __future__ import annotations

from datetime import timedelta

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.kernel.errors import Forbidden, Invalid, NotFound, Problem
from andon.kernel.ids import AccountName
from andon.tools.access.api_shapes import (
    AccountEnding,
    AccountShown,
    LinkMade,
    NewAccount,
    NewLink,
    NewRole,
    NewToken,
    TokenMade,
    TokenShown,
    WhoAmI,
)
from andon.tools.access.keys import Keys, TokenAsked, require_all_of, require_as_much
from andon.tools.access.model.account import CreateAccount, GiveRole, must_exist
from andon.tools.access.model.removal import RemoveAccount
from andon.tools.access.model.role import parse_scopes
from andon.tools.access.views import Accounts, AccountSeen
from andon.web.front import FrontSettings
from andon.web.who import Who

LONGEST = 366  #: days that a token may last


@get("/api/v1/whoami", sync_to_thread=False)
def whoami(who: NamedDependency[Who]) -> WhoAmI:
    """Who the server takes you for, and what you may do."""
    return WhoAmI(actor=who.actor, account=who.account, permissions=tuple(sorted(who.permissions)))


@get("/api/v1/accounts", sync_to_thread=False)
def list_accounts(who: NamedDependency[Who], accounts: NamedDependency[Accounts]) -> list[AccountShown]:
    """Every account for an admin; for others their own."""
    return [_shown(seen) for seen in accounts.all() if who.may("admin") or seen.state.account == who.account]


@post("/api/v1/accounts", opt={"gives": CreateAccount})
async def add_account(
    data: JSONBody[NewAccount],
    who: NamedDependency[Who],
    keys: NamedDependency[Keys],
    accounts: NamedDependency[Accounts],
) -> AccountShown:
    """Let a person or a machine in."""
    name = AccountName(data.account)
    await keys.create_account(name, data.kind, data.role, by=who)
    return _shown(accounts.account(name))


@put("/api/v1/accounts/{account:str}/role", opt={"gives": GiveRole})
async def give_role(
    account: FromPath[str],
    data: JSONBody[NewRole],
    who: NamedDependency[Who],
    keys: NamedDependency[Keys],
    accounts: NamedDependency[Accounts],
) -> AccountShown:
    """Change what an account may do."""
    name = accounts.account(AccountName(account)).state.account
    await keys.give_role(name, data.role, by=who)
    return _shown(accounts.account(name))


@delete("/api/v1/accounts/{account:str}", status_code=HTTP_200_OK, opt={"gives": RemoveAccount})
async def remove_account(
    account: FromPath[str],
    who: NamedDependency[Who],
    keys: NamedDependency[Keys],
    accounts: NamedDependency[Accounts],
    sure: FromQuery[bool] = False,
) -> AccountEnding:
    """End an account with its keys; without `sure` only what would end. Errors: Refused, NotFound."""
    state = accounts.account(AccountName(account)).state
    must_exist(state)
    if sure:
        await keys.remove_account(state.account, by=who)
    return AccountEnding(
        account=state.account,
        tokens=tuple(f"{token.token_id} {token.note}".strip() for token in state.tokens),
        sessions=len(state.sessions),
        login_link=state.link is not None,
    )


@delete("/api/v1/accounts/{account:str}/sessions")
async def close_sessions(
    account: FromPath[str], who: NamedDependency[Who], keys: NamedDependency[Keys], accounts: NamedDependency[Accounts]
) -> None:
    """Log an account out in every browser."""
    name = _own(who, account)
    require_all_of(who, accounts.account(name).state)
    await keys.log_out_everywhere(name, actor=who.actor)


@get("/api/v1/tokens", sync_to_thread=False)
def list_tokens(
    who: NamedDependency[Who], accounts: NamedDependency[Accounts], account: FromQuery[str] = ""
) -> list[TokenShown]:
    """The tokens of an account, without their secrets."""
    seen = accounts.account(_own(who, account))
    return [_token_shown(seen, token.token_id) for token in seen.state.tokens]


@post("/api/v1/tokens")
async def create_token(data: JSONBody[NewToken], who: NamedDependency[Who], keys: NamedDependency[Keys]) -> TokenMade:
    """A new token; its secret is in this answer and nowhere else."""
    name = _own(who, data.account)
    scopes = parse_scopes(data.scopes)
    require_as_much(who, scopes)
    days = data.expires_in_days
    if not 1 <= days <= LONGEST:
        message = f"A token lasts from 1 to {LONGEST} days, not {days:.10g}. Did you mean {LONGEST}?"
        raise Invalid(Problem(where="expires_in_days", message=message))
    lasts = timedelta(days=days)
    made = await keys.issue_token(TokenAsked(account=name, scopes=scopes, lasts=lasts, note=data.note), actor=who.actor)
    return TokenMade(token=made.secret, token_id=made.token_id, account=name, expires_at=made.expires_at)


@delete("/api/v1/tokens/{token_id:str}")
async def revoke_token(
    token_id: FromPath[str],
    who: NamedDependency[Who],
    keys: NamedDependency[Keys],
    accounts: NamedDependency[Accounts],
    account: FromQuery[str] = "",
) -> None:
    """Make a token void, at once."""
    name = _own(who, account)
    token = next((each for each in accounts.account(name).state.tokens if each.token_id == token_id), None)
    if token is None:
        raise NotFound(f'{name} has no token "{token_id[:40]}". See them with: andon token list')
    require_as_much(who, token.scopes)
    await keys.revoke_token(name, token_id, actor=who.actor)


@post("/api/v1/login-links")
async def create_link(
    data: JSONBody[NewLink],
    who: NamedDependency[Who],
    keys: NamedDependency[Keys],
    accounts: NamedDependency[Accounts],
    front: NamedDependency[FrontSettings],
) -> LinkMade:
    """A link that logs one browser in, once; the link before it is void."""
    name = _own(who, data.account)
    require_all_of(who, accounts.account(name).state)
    made = await keys.login_link(name, actor=who.actor, via=who.via)
    return LinkMade(url=f"{front.url}/login/{made.secret}", account=name, expires_at=made.expires_at)


def _own(who: Who, account: str) -> AccountName:
    """The account that is meant: one's own, or any for an admin. Errors: Forbidden, also for unknown ones."""
    if account and account != who.account:
        who.require("admin")
        return AccountName(account)
    if who.account is None:
        raise Forbidden(f"{who.actor} has no account, and only accounts have tokens, links and sessions.")
    return who.account


def _shown(seen: AccountSeen) -> AccountShown:
    state = seen.state
    return AccountShown(
        account=state.account,
        kind=state.kind,
        role=state.role,
        tokens=len(state.tokens),
        sessions=len(state.sessions),
        created_at=seen.created_at,
        created_by=seen.created_by,
    )


def _token_shown(seen: AccountSeen, token_id: str) -> TokenShown:
    token = next(each for each in seen.state.tokens if each.token_id == token_id)
    issued_at, issued_by = seen.issuing_of(token)
    return TokenShown(
        token_id=token.token_id,
        account=seen.state.account,
        scopes=token.scopes,
        expires_at=token.expires_at,
        note=token.note,
        issued_at=issued_at,
        issued_by=issued_by,
    )


HANDLERS = (
    whoami,
    list_accounts,
    add_account,
    give_role,
    remove_account,
    close_sessions,
    list_tokens,
    create_token,
    revoke_token,
    create_link,
)
