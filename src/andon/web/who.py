"""Who is asking: the answer of the gate to every request, and what that person or machine may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from andon.kernel.caller import Caller
from andon.kernel.ids import AccountName, Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Who(Caller):
    """The one who asks at a door."""

    #: None for what has no account: anonymous readers and the line's own machinery
    account: AccountName | None
    #: id of the token that was shown, or that the browser's login link was asked for with; "" for none
    via: str = ""


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
