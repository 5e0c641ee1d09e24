"""The first start: whoever can start the server on this folder becomes its first admin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from andon.kernel.caller import Caller
from andon.kernel.ids import AccountName, Actor
from andon.tools.access.keys import Keys, NewKey, TokenAsked
from andon.tools.access.model.account import RESERVED
from andon.tools.access.model.role import PERMISSIONS
from andon.tools.access.views import Accounts

ACTOR = Actor("andon/start")
#: may do everything
HOUSE = Caller(actor=ACTOR, permissions=frozenset(PERMISSIONS))
NOTE = "this machine"
FALLBACK = "admin"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Welcome:
    """What the local user gets when the server starts."""

    account: AccountName
    #: to be kept in the credentials file of the local user (0600)
    token: NewKey
    #: for the browser
    link: NewKey


async def bootstrap(keys: Keys, accounts: Accounts, *, os_user: str, token: str = "") -> Welcome | None:
    """Make the local user admin when there is no admin, and give them a token when they have none that works.

    `token` is what the local user's credentials file holds for this server. None when there is nothing to give: the
    token works. Errors: Refused, Invalid.
    """
    name = account_name(os_user)
    if not accounts.admins():
        await _make_admin(keys, accounts, name)
    elif token and keys.is_good(token):
        return None
    admins = accounts.admins()
    account = name if name in admins else admins[0]
    await _revoke_old(keys, accounts, account)
    asked = TokenAsked(account=account, scopes=PERMISSIONS, lasts=None, note=NOTE)
    issued = await keys.issue_token(asked, actor=ACTOR)
    return Welcome(account=account, token=issued, link=await keys.login_link(account, actor=ACTOR))


async def _make_admin(keys: Keys, accounts: Accounts, name: AccountName) -> None:
    if any(seen.state.account == name for seen in accounts.all()):
        await keys.give_role(name, "admin", by=HOUSE)
    else:
        await keys.create_account(name, "person", "admin", by=HOUSE)


async def _revoke_old(keys: Keys, accounts: Accounts, account: AccountName) -> None:
    """The local token that got lost opens nothing any more."""
    for old in accounts.account(account).state.tokens:
        if old.note == NOTE:
            await keys.revoke_token(account, old.token_id, actor=ACTOR)


def account_name(os_user: str) -> AccountName:
    """The operating system's user as an account: "DOMAIN\\Ada Lovelace" is "ada-lovelace"."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", os_user.rpartition("\\")[2].lower())[:64].strip("-_")
    return AccountName(FALLBACK if not plain or plain in RESERVED else plain)
