"""The errors of the house: one root, four kinds, each message a cause and a remedy."""

from __future__ import annotations

from dataclasses import dataclass


class AndonError(Exception):
    """Anything Andon says no to, or could not do; the text is shown to the person as it is."""


class Refused(AndonError):
    """A rule said no. Recorded in the ledger; HTTP 409, exit code 2."""

    def __init__(self, rule: str, reason: str, remedy: str) -> None:
        super().__init__(f"refused by {rule}: {reason} {remedy}".strip())
        self.rule = rule
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with one place of an input."""

    #: what is wrong and what was expected, one sentence
    message: str
    #: where: "andon.toml:12:7", "field name", "line 3"; empty when the whole input is meant
    where: str = ""
    #: the source line with a caret under the place; empty when there is none
    excerpt: str = ""
    #: what to do about it; empty when the message says it
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        text = f"{text} {self.remedy}" if self.remedy else text
        return f"{text}\n{self.excerpt}" if self.excerpt else text


class Invalid(AndonError):
    """Input that cannot be used: every problem at once. HTTP 400, exit code 1."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(message=p) for p in problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class NotFound(AndonError):
    """The thing asked for does not exist, or may not be seen by the one who asks. HTTP 404, exit code 1."""


class Forbidden(AndonError):
    """The actor is known but may not do this. HTTP 403, exit code 2."""


class PortError(AndonError):
    """The world failed: a process, a disk, a peer. `permanent` says that asking again will not help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class NoSpace(PortError):
    """The disk is full, or what is left of it is reserved for the server. HTTP 507."""
