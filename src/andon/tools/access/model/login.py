"""Logging in: a one-time link becomes a session of one browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.decider import Event
from andon.kernel.errors import Invalid, Refused
from andon.tools.access.model.account import (
    Account,
    LoginLinkIssued,
    LoginLinkUsed,
    SessionClosed,
    SessionOpened,
    TimedKey,
    must_exist,
)

SESSIONS_LIMIT = 20  # in one account; the oldest is closed for the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLoginLink:
    """Make a link that opens one session; the link before it is void from now on."""

    sha256: str
    expires_at: datetime
    #: id of the token that it is asked for with; "" for none
    via: str = ""

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        must_exist(state)
        if state.kind == "machine":
            raise Refused(
                "people-log-in",
                f"{state.account} is a machine, and machines do not use the web.",
                f"Give it a token: andon token create --account {state.account}",
            )
        if self.expires_at <= now:
            raise Invalid("The link would have run out before its first use: give a time that is still to come.")
        return (LoginLinkIssued(account=state.account, sha256=self.sha256, expires_at=self.expires_at, via=self.via),)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseLoginLink:
    """Open a session with the link, which is used up by it."""

    link_sha256: str
    session_sha256: str
    session_expires_at: datetime

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        must_exist(state)
        link = state.link
        if link is None or link.sha256 != self.link_sha256 or link.expires_at <= now:
            raise link_refused()
        opened = SessionOpened(
            account=state.account, sha256=self.session_sha256, expires_at=self.session_expires_at, via=link.via
        )
        used = LoginLinkUsed(account=state.account, sha256=link.sha256)
        return (used, *(_closed(state, session) for session in _too_many(state, now)), opened)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSession:
    """Log one browser out. A session that is not there is closed already."""

    sha256: str

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        must_exist(state)
        return tuple(_closed(state, session) for session in state.sessions if session.sha256 == self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSessions:
    """Log every browser of the account out, and make its login link worthless with them."""

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        must_exist(state)
        link = state.link
        used = () if link is None else (LoginLinkUsed(account=state.account, sha256=link.sha256),)
        return (*used, *(_closed(state, session) for session in state.sessions))


def link_refused() -> Refused:
    """The one answer to every link that does not work: it tells a stranger nothing about why."""
    return Refused(
        "login-link-once",
        "This login link was used, has run out, was replaced by a newer one, or never existed.",
        "Get a new one in a terminal: andon login",
    )


def _too_many(state: Account, now: datetime) -> tuple[TimedKey, ...]:
    alive = tuple(session for session in state.sessions if session.expires_at > now)
    expired = tuple(session for session in state.sessions if session.expires_at <= now)
    return (*expired, *alive[: max(0, len(alive) - SESSIONS_LIMIT + 1)])


def _closed(state: Account, session: TimedKey) -> SessionClosed:
    return SessionClosed(account=state.account, sha256=session.sha256)
