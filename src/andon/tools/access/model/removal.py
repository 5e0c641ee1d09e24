"""An account ends: each of its keys with an event of its own, so that whoever follows keys follows this too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event
from andon.tools.access.model.account import (
    Account,
    AccountRemoved,
    SessionClosed,
    TokenRevoked,
    last_admin,
    must_exist,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAccount:
    """End an account with its tokens, sessions and link; the last admin stays. Removed again changes nothing."""

    needs: ClassVar[tuple[str, ...]] = ("admin",)

    #: admins besides this account, as counted by the one who asks
    other_admins: int

    def decide(self, state: Account, now: datetime) -> tuple[Event[Account], ...]:
        if state.removed:
            return ()
        must_exist(state)
        if state.role == "admin" and self.other_admins == 0:
            raise last_admin(state)
        tokens = (TokenRevoked(account=state.account, token_id=token.token_id) for token in state.tokens)
        sessions = (SessionClosed(account=state.account, sha256=session.sha256) for session in state.sessions)
        return (*tokens, *sessions, AccountRemoved(account=state.account))
