"""The state of something in words, worst first: lamps and headlines are made here, never green beside a failure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Colour = Literal["green", "amber", "red", "grey"]

Kind = Literal[
    "stopped",
    "down",
    "crash loop",
    "engine",
    "trunk",
    "nothing serves",
    "deployment failed",
    "rolled back",
    "cord",
    "degraded",
    "left out",
    "warning",
    "moving",
    "no verdict",
    "waiting",
    "good",
    "empty",
]
#: the worst first
KINDS: dict[Kind, Colour] = {
    "stopped": "red",
    "down": "red",
    "crash loop": "red",
    "engine": "red",
    "trunk": "red",
    "nothing serves": "red",
    "deployment failed": "amber",
    "rolled back": "amber",
    "cord": "amber",
    "degraded": "amber",
    "left out": "amber",
    "warning": "amber",
    "moving": "amber",
    "no verdict": "amber",
    "waiting": "green",
    "good": "green",
    "empty": "grey",
}
_ORDER = tuple(KINDS)
MOST_SENTENCES = 3  #: about troubles, before they are only counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is so, in one sentence."""

    kind: Kind
    sentence: str
    #: of two of a kind, the greater one comes first: production before test
    weight: int = 0

    @property
    def is_trouble(self) -> bool:
        """Is it something that somebody should know before all else?"""
        return _ORDER.index(self.kind) <= _ORDER.index("warning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How something stands."""

    #: the worst first; at least one
    findings: tuple[Finding, ...]

    @property
    def colour(self) -> Colour:
        """Of the worst."""
        return KINDS[self.findings[0].kind]

    @property
    def troubles(self) -> tuple[Finding, ...]:
        """What is wrong."""
        return tuple(one for one in self.findings if one.is_trouble)

    @property
    def sentence(self) -> str:
        """The worst first, then how the rest stands."""
        left_out = len(self.troubles) - MOST_SENTENCES
        more = (f"{left_out} more {'problem' if left_out == 1 else 'problems'}.",) if left_out > 0 else ()
        worst = (one.sentence for one in self.troubles[:MOST_SENTENCES])
        return " ".join((*worst, *more, *(one.sentence for one in self.findings if not one.is_trouble)))


def worst_first(findings: Iterable[Finding]) -> Condition:
    """The condition that these findings make."""
    return Condition(findings=tuple(sorted(findings, key=lambda one: (_ORDER.index(one.kind), -one.weight))))
