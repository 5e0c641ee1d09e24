"""Who has an account, what may they do, and whose key is this?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import AccountName, Actor, stream_key, stream_kind
from andon.kernel.refusal import CommandRefused
from andon.tools.access.events import (
    AccountRemoved,
    LoginLinkIssued,
    LoginLinkUsed,
    SessionClosed,
    SessionOpened,
    TokenIssued,
    TokenRevoked,
)
from andon.tools.access.model.account import NOUN, Account, TimedKey, Token
from andon.tools.access.model.role import permissions_of
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSeen:
    """An account with what the ledger knows about its making."""

    state: Account
    created_at: datetime
    created_by: Actor
    #: (token id, when it was issued, by whom)
    issued: tuple[tuple[str, datetime, Actor], ...] = ()

    def issuing_of(self, token: Token) -> tuple[datetime, Actor]:
        """When and by whom a token was issued."""
        return next((at, by) for token_id, at, by in self.issued if token_id == token.token_id)


class Accounts:
    """Every account, and the keys that are good now; it is the keyring of the gate."""

    def __init__(self) -> None:
        self._seen: dict[AccountName, AccountSeen] = {}
        self._tokens: dict[str, tuple[AccountName, Token]] = {}
        #: of the tokens that were not revoked, by their ids
        self._ends: dict[str, datetime | None] = {}
        self._sessions: dict[str, tuple[AccountName, TimedKey]] = {}
        self._links: dict[str, tuple[AccountName, TimedKey]] = {}
        self._latest = datetime.min.replace(tzinfo=UTC)

    def latest(self, now: datetime) -> datetime:
        """The latest time that this server has seen, in the ledger or since.

        A clock that was set back makes nothing good again that was over.
        """
        self._latest = max(self._latest, now)
        return self._latest

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        event = happened.event
        self.latest(happened.at)
        if stream_kind(happened.stream) != NOUN.kind or isinstance(event, CommandRefused):
            return
        name = AccountName(stream_key(happened.stream))
        before = self._seen.get(name) or AccountSeen(
            state=NOUN.initial, created_at=happened.at, created_by=happened.actor
        )
        if isinstance(event, NOUN.events):
            self._index(name, before.state, event)
            self._seen[name] = replace(_with_issuing(before, happened), state=event.evolve(before.state))

    def _index(self, name: AccountName, before: Account, event: object) -> None:
        match event:
            case TokenIssued():
                token = event.evolve(before).tokens[-1]
                self._tokens[token.sha256] = (name, token)
                self._ends[token.token_id] = token.expires_at
            case TokenRevoked():
                self._ends.pop(event.token_id, None)
                for token in before.tokens:
                    if token.token_id == event.token_id:
                        self._tokens.pop(token.sha256, None)
            case SessionOpened():
                self._sessions[event.sha256] = (name, event.evolve(before).sessions[-1])
            case SessionClosed():
                self._sessions.pop(event.sha256, None)
            case LoginLinkIssued() | LoginLinkUsed() | AccountRemoved():
                self._index_link(name, before, event)
            case _:
                pass

    def _index_link(
        self, name: AccountName, before: Account, event: LoginLinkIssued | LoginLinkUsed | AccountRemoved
    ) -> None:
        if before.link is not None:
            self._links.pop(before.link.sha256, None)
        if isinstance(event, LoginLinkIssued) and (link := event.evolve(before).link):
            self._links[event.sha256] = (name, link)

    def all(self) -> tuple[AccountSeen, ...]:
        """Every account by name, but those that were removed."""
        return tuple(self._seen[name] for name in sorted(self._seen) if not self._seen[name].state.removed)

    def seen_by(self, who: Who) -> tuple[AccountSeen, ...]:
        """Every account for an admin; for others their own."""
        return tuple(seen for seen in self.all() if who.may("admin") or seen.state.account == who.account)

    def account(self, name: AccountName) -> AccountSeen:
        """One account. Errors: NotFound."""
        seen = self._seen.get(name)
        if seen is None:
            raise NotFound(f'There is no account "{name[:80]}". See them all with: andon account list')
        return seen

    def admins(self) -> tuple[AccountName, ...]:
        """Who may let others in, by name."""
        return tuple(seen.state.account for seen in self.all() if seen.state.role == "admin")

    def of_token(self, sha256: str, now: datetime) -> Who | None:
        """Who a token belongs to, while it is good: what both the token and the account may."""
        name, token = self._tokens.get(sha256, (None, None))
        if name is None or token is None or (token.expires_at is not None and token.expires_at <= self.latest(now)):
            return None
        allowed = frozenset(permissions_of(self._seen[name].state.role)) & frozenset(token.scopes)
        return Who(actor=Actor(name), account=name, permissions=allowed, via=token.token_id)

    def of_session(self, sha256: str, now: datetime) -> Who | None:
        """Who a session belongs to, while it is open."""
        name, session = self._sessions.get(sha256, (None, None))
        if name is None or session is None or self._is_over(session, now):
            return None
        allowed = permissions_of(self._seen[name].state.role)
        return Who(actor=Actor(name), account=name, permissions=frozenset(allowed), via=session.via)

    def of_link(self, sha256: str, now: datetime) -> AccountName | None:
        """Whom a login link lets in, while it is good."""
        name, link = self._links.get(sha256, (None, None))
        return name if link is not None and not self._is_over(link, now) else None

    def open_sessions(self, name: AccountName, now: datetime) -> int:
        """How many browsers are signed in. Errors: NotFound."""
        return sum(not self._is_over(session, now) for session in self.account(name).state.sessions)

    def _is_over(self, key: TimedKey, now: datetime) -> bool:
        """Did its time end, or the token that it came from?"""
        now = self.latest(now)
        end = self._ends.get(key.via, now) if key.via else None
        return key.expires_at <= now or (end is not None and end <= now)


def _with_issuing(seen: AccountSeen, happened: Envelope[object]) -> AccountSeen:
    event = happened.event
    if not isinstance(event, TokenIssued):
        return seen
    return replace(seen, issued=(*seen.issued, (event.token_id, happened.at, happened.actor)))
