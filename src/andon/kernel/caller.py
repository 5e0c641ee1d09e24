"""Who asks for something, and what a command needs of them: the table that the desk and every door ask.

A command that people or their programs may give says on its class which permissions let them: `needs = ("promote",)`;
one of them is enough. What says nothing is given by the house alone, as its own reports are.
"""

from __future__ import annotations

from dataclasses import dataclass

from andon.kernel.errors import Forbidden
from andon.kernel.ids import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person or a program, as the ledger will name them, and what they may do."""

    #: "ada", "run/815"; "anonymous" when nobody is logged in
    actor: Actor
    #: "read", "push", "run", "promote", "cord", "admin"
    permissions: frozenset[str]

    def may(self, *permissions: str) -> bool:
        """Is one of these allowed?"""
        return not self.permissions.isdisjoint(permissions)

    def may_give(self, command: type) -> bool:
        """May they give this command?"""
        return self.may(*needs(command))

    def require(self, *permissions: str) -> None:
        """Go on only when one of these is allowed. Errors: Forbidden, in words."""
        if self.may(*permissions):
            return
        have = ", ".join(sorted(self.permissions)) or "nothing"
        wanted = " or ".join(f'"{one}"' for one in permissions)
        raise Forbidden(
            f"{self.actor} may not do this: it needs the permission {wanted}, and here there is {have}. "
            "Ask an admin for another role (andon account role), or use a token whose scopes contain it."
        )

    def require_for(self, command: type) -> None:
        """Go on only when they may give this command. Errors: Forbidden, also for a command of the house alone."""
        if not needs(command):
            raise Forbidden(f"{command.__name__} is given by the server itself, and by nobody else.")
        self.require(*needs(command))


def needs(command: type) -> tuple[str, ...]:
    """The permissions of which a caller needs one; none for a command that only the house gives."""
    found: tuple[str, ...] = getattr(command, "needs", ())
    return found
