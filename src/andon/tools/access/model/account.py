"""An account: a person or a machine, its role, and the keys that prove it: tokens, one login link, sessions.

The model sees hashes only. A key is checked at its use, and the ledger notes when one runs out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from andon.kernel.decider import Event, Noun, wants_nothing
from andon.kernel.errors import Invalid, NotFound, Refused
from andon.kernel.ids import AccountName, parse_name
from andon.kernel.refusal import CommandRefused
from andon.tools.access.model.role import Permission, Role

Kind = Literal["person", "machine"]

NOBODY = AccountName("")
RESERVED = frozenset({"andon", "anonymous"})  #: names that the ledger gives to others


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A key for programs: git, the terminal, another system."""

    #: shown in lists, and what revoking names
    token_id: str
    #: of the secret, in hex
    sha256: str
    #: it may do what is in here and in the account's role
    scopes: tuple[Permission, ...]
    #: None when it lasts until it is revoked
    expires_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedKey:
    """A login link or a session: a hash that is good until a time."""

    sha256: str
    expires_at: datetime
    #: id of the token that the link was asked for with, and with which it ends; "" for none
    via: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as it is now."""

    #: "" until it is created
    account: AccountName = NOBODY
    kind: Kind = "person"
    role: Role = "reader"
    tokens: tuple[Token, ...] = ()
    #: only the newest login link works, once
    link: TimedKey | None = None
    #: oldest first
    sessions: tuple[TimedKey, ...] = ()
    #: its keys are gone; its name stays, because the ledger names it
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated:
    """Someone new may enter."""

    account: AccountName
    kind: Kind
    role: Role

    def evolve(self, state: Account) -> Account:
        return replace(state, account=self.account, kind=self.kind, role=self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGiven:
    """The account may do more, or less, from now on; its tokens and sessions with it."""

    account: AccountName
    role: Role

    def evolve(self, state: Account) -> Account:
        return replace(state, role=self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssued:
    """A token exists; its secret was shown once."""

    account: AccountName
    token_id: str
    sha256: str
    scopes: tuple[Permission, ...]
    expires_at: datetime | None
    note: str

    def evolve(self, state: Account) -> Account:
        token = Token(
            token_id=self.token_id,
            sha256=self.sha256,
            scopes=self.scopes,
            expires_at=self.expires_at,
            note=self.note,
        )
        return replace(state, tokens=(*state.tokens, token))


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked:
    """A token opens nothing any more."""

    account: AccountName
    token_id: str

    def evolve(self, state: Account) -> Account:
        return replace(state, tokens=tuple(token for token in state.tokens if token.token_id != self.token_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLinkIssued:
    """A link that opens one session; an older one is void."""

    account: AccountName
    sha256: str
    expires_at: datetime
    #: id of the token that it was asked for with; "" for none
    via: str = ""

    def evolve(self, state: Account) -> Account:
        return replace(state, link=TimedKey(sha256=self.sha256, expires_at=self.expires_at, via=self.via))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLinkUsed:
    """The link has done its work."""

    account: AccountName
    sha256: str

    def evolve(self, state: Account) -> Account:
        return replace(state, link=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened:
    """A browser is logged in."""

    account: AccountName
    sha256: str
    expires_at: datetime
    #: id of the token that its login link was asked for with; "" for none
    via: str = ""

    def evolve(self, state: Account) -> Account:
        session = TimedKey(sha256=self.sha256, expires_at=self.expires_at, via=self.via)
        return replace(state, sessions=(*state.sessions, session))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed:
    """A browser is logged out: asked for, run out, or pushed out by newer ones."""

    account: AccountName
    sha256: str

    def evolve(self, state: Account) -> Account:
        return replace(state, sessions=tuple(each for each in state.sessions if each.sha256 != self.sha256))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRemoved:
    """The account opens nothing any more; nobody else gets its name."""

    account: AccountName

    def evolve(self, state: Account) -> Account:
        return replace(state, removed=True, link=None, tokens=(), sessions=())


def next_expiry(state: Account) -> datetime | None:
    """When the first of its sessions and tokens runs out."""
    times = [session.expires_at for session in state.sessions]
    times += [token.expires_at for token in state.tokens if token.expires_at is not None]
    return min(times, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccount:
    """Let someone in. The same account again changes nothing."""

    needs: ClassVar[tuple[str, ...]] = ("admin",)

    account: AccountName
    kind: Kind
    role: Role

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        parse_name(self.account, "an account")
        if self.account in RESERVED:
            raise Invalid(f'"{self.account}" is a name that Andon itself uses in the ledger: choose another.')
        if state.removed:
            raise Refused(
                "account-removed",
                f"{self.account} was removed, and what it did stands in the ledger under this name.",
                "Choose another name, so that nobody is taken for somebody else.",
            )
        if not state.account:
            return (AccountCreated(account=self.account, kind=self.kind, role=self.role),)
        if (state.kind, state.role) == (self.kind, self.role):
            return ()
        raise Refused(
            "account-exists",
            f"{self.account} exists already, as a {state.kind} with the role {state.role}.",
            f"Change its role with: andon account role {self.account} {self.role}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRole:
    """Change what an account may do; the last admin stays one."""

    needs: ClassVar[tuple[str, ...]] = ("admin",)

    role: Role
    #: admins besides this account, as counted by the one who asks
    other_admins: int

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        must_exist(state)
        if state.role == self.role:
            return ()
        if state.role == "admin" and self.other_admins == 0:
            raise last_admin(state)
        return (RoleGiven(account=state.account, role=self.role),)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseExpired:
    """Note what has run out: sessions and tokens."""

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        sessions = tuple(
            SessionClosed(account=state.account, sha256=session.sha256)
            for session in state.sessions
            if session.expires_at <= now
        )
        tokens = tuple(
            TokenRevoked(account=state.account, token_id=token.token_id)
            for token in state.tokens
            if token.expires_at is not None and token.expires_at <= now
        )
        return (*sessions, *tokens)


def last_admin(state: Account) -> Refused:
    """Somebody has to be able to let others in."""
    return Refused(
        "last-admin",
        f"{state.account} is the only admin, and without one nobody could let anybody in.",
        "Make another account admin first: andon account role NAME admin",
    )


def must_exist(state: Account) -> None:
    """Go on only with an account that was created, and not removed. Errors: NotFound."""
    if state.removed:
        raise NotFound(f"The account {state.account} was removed. See those that are left with: andon account list")
    if not state.account:
        raise NotFound("There is no such account. See them all with: andon account list")


NOUN = Noun[Account](
    kind="account",
    initial=Account(),
    events=(
        AccountCreated,
        RoleGiven,
        TokenIssued,
        TokenRevoked,
        LoginLinkIssued,
        LoginLinkUsed,
        SessionOpened,
        SessionClosed,
        AccountRemoved,
        CommandRefused,
    ),
    want=wants_nothing,
    deadline=next_expiry,
    tick=CloseExpired(),
    is_open=lambda state: next_expiry(state) is not None,
)
