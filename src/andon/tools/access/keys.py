"""Makes keys and takes them back: the only place where a secret and its hash are in one hand.

A secret is returned once, to whoever asked for it; the ledger gets the hash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.engine.callers_desk import CallersDesk
from andon.engine.desk import Desk
from andon.kernel.caller import Caller
from andon.kernel.errors import Forbidden
from andon.kernel.ids import AccountName, Actor, stream
from andon.tools.access.model.account import NOUN, Account, CreateAccount, GiveRole, Kind
from andon.tools.access.model.login import CloseSession, CloseSessions, IssueLoginLink, UseLoginLink, link_refused
from andon.tools.access.model.removal import RemoveAccount
from andon.tools.access.model.role import Permission, Role, permissions_of
from andon.tools.access.model.token import IssueToken, RevokeToken
from andon.tools.access.ports import Randomness
from andon.tools.access.views import Accounts
from andon.web.gate import sha256_of
from andon.web.who import Who

PREFIX = "adn_"  #: so that a token is known as one wherever it leaks to
LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(days=7)
ID_DIGITS = 12  #: of a token's sha256; enough to name it


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAsked:
    """What a token shall be good for."""

    account: AccountName
    scopes: tuple[Permission, ...]
    #: None when it lasts until it is revoked
    lasts: timedelta | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewKey:
    """A key that was just made; shown once, so it has no repr that a log could catch."""

    secret: str
    account: AccountName
    #: a token's id; "" for links and sessions
    token_id: str = ""
    expires_at: datetime | None = None


class Keys:
    """Gives out tokens, links and sessions."""

    def __init__(self, *, desk: Desk, accounts: Accounts, randomness: Randomness, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._accounts = accounts
        self._randomness = randomness
        self._now: Callable[[], datetime] = lambda: accounts.latest(now())
        self._roles_change = asyncio.Lock()

    async def create_account(self, account: AccountName, kind: Kind, role: Role, *, by: Caller) -> None:
        """Let someone in. Errors: Refused, Invalid."""
        await CallersDesk(self._desk, by).submit(
            stream(NOUN.kind, account), CreateAccount(account=account, kind=kind, role=role)
        )

    async def give_role(self, account: AccountName, role: Role, *, by: Caller) -> None:
        """Change a role; one at a time, so that two last admins cannot demote each other. Errors: Refused, NotFound."""
        async with self._roles_change:
            others = len(set(self._accounts.admins()) - {account})
            await CallersDesk(self._desk, by).submit(
                stream(NOUN.kind, account), GiveRole(role=role, other_admins=others)
            )

    async def remove_account(self, account: AccountName, *, by: Caller) -> None:
        """End an account with all its keys, one at a time, so that an admin is left. Errors: Refused, NotFound."""
        async with self._roles_change:
            others = len(set(self._accounts.admins()) - {account})
            await CallersDesk(self._desk, by).submit(stream(NOUN.kind, account), RemoveAccount(other_admins=others))

    async def issue_token(self, asked: TokenAsked, *, actor: Actor) -> NewKey:
        """A new token. Errors: Refused, Invalid, NotFound."""
        self._accounts.account(asked.account)
        secret = f"{PREFIX}{self._randomness.secret()}"
        sha256 = sha256_of(secret)
        expires_at = None if asked.lasts is None else self._now() + asked.lasts
        command = IssueToken(
            token_id=sha256[:ID_DIGITS], sha256=sha256, scopes=asked.scopes, expires_at=expires_at, note=asked.note
        )
        await self._desk.submit(stream(NOUN.kind, asked.account), command, actor=actor)
        return NewKey(secret=secret, account=asked.account, token_id=command.token_id, expires_at=expires_at)

    async def revoke_token(self, account: AccountName, token_id: str, *, actor: Actor) -> None:
        """Make a token void. Errors: NotFound."""
        await self._desk.submit(stream(NOUN.kind, account), RevokeToken(token_id=token_id), actor=actor)

    async def login_link(self, account: AccountName, *, actor: Actor, via: str = "") -> NewKey:
        """A link that logs one browser in, once; the link before it is void. Errors: Refused, NotFound.

        Link and session end with the token of the id `via`, with which it is asked for.
        """
        self._accounts.account(account)
        secret = self._randomness.secret()
        expires_at = self._now() + LINK_LASTS
        command = IssueLoginLink(sha256=sha256_of(secret), expires_at=expires_at, via=via)
        await self._desk.submit(stream(NOUN.kind, account), command, actor=actor)
        return NewKey(secret=secret, account=account, expires_at=expires_at)

    def link_for(self, link_secret: str) -> AccountName | None:
        """Whom a link would log in now; None when it would not work."""
        return self._accounts.of_link(sha256_of(link_secret), self._now())

    async def log_in(self, link_secret: str) -> NewKey:
        """Turn a link into a session with a secret of its own. Errors: Refused."""
        account = self.link_for(link_secret)
        if account is None:
            raise link_refused()
        secret = self._randomness.secret()
        expires_at = self._now() + SESSION_LASTS
        command = UseLoginLink(
            link_sha256=sha256_of(link_secret), session_sha256=sha256_of(secret), session_expires_at=expires_at
        )
        await self._desk.submit(stream(NOUN.kind, account), command, actor=Actor(account))
        return NewKey(secret=secret, account=account, expires_at=expires_at)

    async def log_out(self, session_secret: str) -> None:
        """Close a session; one that is not open changes nothing."""
        sha256 = sha256_of(session_secret)
        who = self._accounts.of_session(sha256, self._now())
        if who is not None and who.account is not None:
            await self._desk.submit(stream(NOUN.kind, who.account), CloseSession(sha256=sha256), actor=who.actor)

    async def log_out_everywhere(self, account: AccountName, *, actor: Actor) -> None:
        """Close every session of the account. Errors: NotFound."""
        await self._desk.submit(stream(NOUN.kind, account), CloseSessions(), actor=actor)

    def is_good(self, token: str) -> bool:
        """Does this token open anything now?"""
        return self._accounts.of_token(sha256_of(token), self._now()) is not None


def require_as_much(who: Who, permissions: Iterable[str]) -> None:
    """Nobody gives out, or takes away, more than they hold themselves. Errors: Forbidden."""
    missing = sorted(set(permissions) - who.permissions)
    if missing and not who.may("admin"):
        raise Forbidden(
            f"The key that you use here may not do this itself: {', '.join(missing)}. "
            "Use a key that may, or ask an admin."
        )


def require_all_of(who: Who, account: Account) -> None:
    """Only an admin, or a key of this account that may all that the account may. Errors: Forbidden."""
    if account.account != who.account:
        who.require("admin")
    require_as_much(who, permissions_of(account.role))
