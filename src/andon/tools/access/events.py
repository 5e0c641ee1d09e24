"""What access says happened: accounts, roles, tokens, logins. Hashes only, never a secret."""

from __future__ import annotations

from andon.tools.access.model.account import (
    AccountCreated,
    AccountRemoved,
    LoginLinkIssued,
    LoginLinkUsed,
    RoleGiven,
    SessionClosed,
    SessionOpened,
    TokenIssued,
    TokenRevoked,
)

EVENTS: tuple[type, ...] = (
    AccountCreated,
    AccountRemoved,
    RoleGiven,
    TokenIssued,
    TokenRevoked,
    LoginLinkIssued,
    LoginLinkUsed,
    SessionOpened,
    SessionClosed,
)

__all__ = [
    "EVENTS",
    "AccountCreated",
    "AccountRemoved",
    "LoginLinkIssued",
    "LoginLinkUsed",
    "RoleGiven",
    "SessionClosed",
    "SessionOpened",
    "TokenIssued",
    "TokenRevoked",
]
