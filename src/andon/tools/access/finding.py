"""What the search finds of access: accounts and their tokens, for admins and for oneself."""

from __future__ import annotations

from collections.abc import Iterator

from andon.tools.access.views import Accounts
from andon.web.finding import Findable
from andon.web.who import Who


def find(typed: str, who: Who, /, accounts: Accounts) -> Iterator[Findable]:
    """Accounts by name; tokens by id and note."""
    for seen in accounts.seen_by(who):
        name = seen.state.account
        yield Findable(words=str(name), address=f"/accounts/{name}", kind="account")
        for token in seen.state.tokens:
            words = token.note or token.token_id
            yield Findable(words=words, address=f"/accounts/{name}", kind=f"token of {name}", ids=(token.token_id,))
