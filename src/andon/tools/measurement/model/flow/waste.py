"""Waste, as far as events show it: each kind in words, with its size and what to go and see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from andon.tools.measurement.model.metric import Evidence

#: of each waste
EXAMPLES = 5

Kind = Literal[
    "waiting", "partially done", "defects", "hand-offs", "task switching", "overburden", "unevenness"
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """One waste that was found."""

    kind: Kind
    title: str
    #: what and how much, in a sentence
    says: str
    #: the box or environment it stands at; "" where it stands at none
    where: str = ""
    #: time lost, over everything that lost it; None where it is not counted in time
    seconds: float | None = None
    #: of all the time of all changes; None where it is no part of that
    share: float | None = None
    n: int
    #: the worst, at most EXAMPLES
    examples: tuple[Evidence, ...]
