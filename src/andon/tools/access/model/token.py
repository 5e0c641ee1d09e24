"""Tokens: keys for programs, never worth more than the account they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.decider import Event
from andon.kernel.errors import Invalid, Refused
from andon.tools.access.model.account import Account, TokenIssued, TokenRevoked, must_exist
from andon.tools.access.model.role import Permission, permissions_of

TOKENS_LIMIT = 100  # in one account; a person who has more has lost count of them
NOTE_LIMIT = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken:
    """Give the account a token, within what its role allows."""

    token_id: str
    sha256: str
    scopes: tuple[Permission, ...]
    expires_at: datetime | None
    note: str

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        must_exist(state)
        if any(token.sha256 == self.sha256 for token in state.tokens):
            return ()
        self._check(state, now)
        return (
            TokenIssued(
                account=state.account,
                token_id=self.token_id,
                sha256=self.sha256,
                scopes=self.scopes,
                expires_at=self.expires_at,
                note=self.note,
            ),
        )

    def _check(self, state: Account, now: datetime) -> None:
        beyond = [scope for scope in self.scopes if scope not in permissions_of(state.role)]
        if not self.scopes or len(self.note) > NOTE_LIMIT:
            raise Invalid(f"A token needs at least one scope, and a note of at most {NOTE_LIMIT} characters.")
        if self.expires_at is not None and self.expires_at <= now:
            raise Invalid("The token would have run out before its first use: give a time that is still to come.")
        if beyond:
            raise Refused(
                "scope-within-role",
                f"{state.account} is {state.role} and may not do this itself: {', '.join(beyond)}.",
                f"Ask for scopes among: {', '.join(permissions_of(state.role))}.",
            )
        if len(state.tokens) >= TOKENS_LIMIT:
            raise Refused(
                "tokens-limit",
                f"{state.account} has {TOKENS_LIMIT} tokens already.",
                "Revoke those that nobody uses: andon token list, andon token revoke ID",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeToken:
    """Make a token void. One that is not there is void already."""

    token_id: str

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        must_exist(state)
        known = any(token.token_id == self.token_id for token in state.tokens)
        return (TokenRevoked(account=state.account, token_id=self.token_id),) if known else ()
