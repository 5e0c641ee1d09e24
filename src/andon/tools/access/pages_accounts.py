"""The pages of accounts: who may do what since when, and which tokens and sessions each account has."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from andon.kernel.errors import NotFound
from andon.kernel.ids import AccountName
from andon.kernel.words import plural
from andon.tools.access.keys import Keys, require_all_of, require_as_much
from andon.tools.access.model.removal import RemoveAccount
from andon.tools.access.model.role import permissions_of
from andon.tools.access.views import Accounts, AccountSeen
from andon.web.pages import Asked, Pages, back_to
from andon.web.who import Who

MOVES = ("account/",)  #: streams that change these pages


@get("/accounts", sync_to_thread=False, include_in_schema=False)
def accounts_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], accounts: NamedDependency[Accounts]
) -> Response[str]:
    """Every account for an admin; for others their own."""
    shown = accounts.seen_by(asked.who)
    sentence = f"{plural(len(shown), 'account')}." if asked.who.may("admin") else "Your account."
    return pages.show("access/accounts.html", asked, live=MOVES, accounts=shown, sentence=sentence)


@get("/accounts/{account:str}", sync_to_thread=False, include_in_schema=False)
def account_page(
    account: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    accounts: NamedDependency[Accounts],
) -> Response[str]:
    """One account with its tokens and sessions. Errors: NotFound, also for one that the reader may not see."""
    seen = _seen(asked.who, accounts, account)
    expired = [one for one in seen.state.tokens if one.expires_at is not None and one.expires_at <= pages.now]
    return pages.show(
        "access/account.html",
        asked,
        live=(f"account/{account}",),
        seen=seen,
        may_remove=asked.who.may_give(RemoveAccount),
        allowed=permissions_of(seen.state.role),
        expired={one.token_id for one in expired},
        open_sessions=accounts.open_sessions(seen.state.account, pages.now),
    )


@post("/accounts/{account:str}/tokens/{token_id:str}/revoke", include_in_schema=False)
async def revoke_token(
    account: FromPath[str],
    token_id: FromPath[str],
    asked: NamedDependency[Asked],
    accounts: NamedDependency[Accounts],
    keys: NamedDependency[Keys],
) -> Redirect:
    """Revoke a token. Errors: NotFound, Forbidden."""
    state = _seen(asked.who, accounts, account).state
    token = next((one for one in state.tokens if one.token_id == token_id), None)
    if token is None:
        raise NotFound(f'{account[:80]} has no token "{token_id[:40]}"; it may be revoked already.')
    require_as_much(asked.who, token.scopes)
    await keys.revoke_token(state.account, token_id, actor=asked.who.actor)
    return back_to(f"/accounts/{state.account}")


@post("/accounts/{account:str}/sessions/close", include_in_schema=False)
async def close_sessions(
    account: FromPath[str],
    asked: NamedDependency[Asked],
    accounts: NamedDependency[Accounts],
    keys: NamedDependency[Keys],
) -> Redirect:
    """Sign the account out in every browser. Errors: NotFound, Forbidden."""
    state = _seen(asked.who, accounts, account).state
    require_all_of(asked.who, state)
    await keys.log_out_everywhere(state.account, actor=asked.who.actor)
    return back_to(f"/accounts/{state.account}")


@post("/accounts/{account:str}/remove", include_in_schema=False, opt={"gives": RemoveAccount})
async def remove_account(
    account: FromPath[str],
    asked: NamedDependency[Asked],
    accounts: NamedDependency[Accounts],
    keys: NamedDependency[Keys],
) -> Redirect:
    """End the account with its keys. Errors: NotFound, Forbidden, Refused."""
    state = accounts.account(AccountName(account)).state
    await keys.remove_account(state.account, by=asked.who)
    return back_to(f"/accounts/{state.account}")


def _seen(who: Who, accounts: Accounts, name: str) -> AccountSeen:
    """One account that the reader may see. Errors: NotFound."""
    if not who.may("admin") and name != who.account:
        raise NotFound("Only an admin sees other accounts. Your own:  andon account list")
    return accounts.account(AccountName(name))


HANDLERS = (accounts_page, account_page, revoke_token, close_sessions, remove_account)
