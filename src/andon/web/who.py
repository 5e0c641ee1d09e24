"""Who is asking: the answer of the gate to every request, and what that person or machine may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from andon.kernel.errors import Forbidden
from andon.kernel.ids import AccountName, Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The one who asks, as the ledger will name them."""

    #: the name in the ledger: "ada", "run/815"; "anonymous" when nobody is logged in
    actor: Actor
    #: None for what has no account: anonymous readers and the line's own machinery
    account: AccountName | None
    #: what is allowed: "read", "push", "run", "promote", "cord", "admin"
    permissions: frozenset[str]
    #: id of the token that was shown, or that the browser's login link was asked for with; "" for none
    via: str = ""

    def may(self, permission: str) -> bool:
        """Is this allowed?"""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Go on only when this is allowed. Errors: Forbidden, in words."""
        if permission in self.permissions:
            return
        have = ", ".join(sorted(self.permissions)) or "nothing"
        raise Forbidden(
            f'{self.actor} may not do this: it needs the permission "{permission}", and here there is {have}. '
            "Ask an admin for another role (andon account role), or use a token whose scopes contain it."
        )


#: where the one who asks is kept in a request's ASGI scope
WHO = "andon.who"
#: nobody: may do nothing
ANONYMOUS = Who(actor=Actor("anonymous"), account=None, permissions=frozenset())


def who_in(scope: Mapping[str, Any]) -> Who:
    """Who asks, as the layer before noted it."""
    who = scope.get(WHO)
    return who if isinstance(who, Who) else ANONYMOUS


class Gate(Protocol):
    """Tells from a request's headers who is asking; the doors outside of the web framework ask it too."""

    async def identify(self, headers: Mapping[str, str]) -> Who | None:
        """Who asks, or None when the headers name nobody that is known. Header names in lower case."""
        ...
