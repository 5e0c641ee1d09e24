"""How much of the time a system works, from how much of the time its parts do. Pure arithmetic.

All of it assumes that parts fail independently of each other; whoever shows a result says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from andon.kernel.errors import Invalid

#: shown with every result
INDEPENDENCE = (
    "This assumes that the parts fail independently of each other. Parts that share a network, a machine, a library, "
    "a configuration or a release do not, and then fewer nines come out than are computed here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemComponent:
    """Something that works by itself, or does not."""

    #: as a person named it; "" when nobody did
    name: str = ""
    #: share of the time in which it works, 0 to 1
    availability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Parts, of which some number must work for the whole to work."""

    name: str = ""
    #: all of them: in series; one: in parallel
    needed: int
    parts: tuple[SystemComponent | System, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.needed <= len(self.parts):
            raise Invalid(
                f"{self.needed} of {len(self.parts)} cannot be needed: a system has parts, needs at least one of them "
                "and at most all."
            )


def availability(of: SystemComponent | System, known: dict[int, float] | None = None) -> float:
    """Share of the time in which it works, 0 to 1.

    `known` takes what was found, by the part's identity: each is worked out once, for a large one may stand in many.
    Source: the product of probabilities of independent events; for k of n the sum over every way to have k or more.
    """
    known = {} if known is None else known
    if id(of) not in known:
        if isinstance(of, SystemComponent):
            known[id(of)] = of.availability
        else:
            known[id(of)] = at_least(of.needed, [availability(part, known) for part in of.parts])
    return known[id(of)]


def at_least(needed: int, shares: Sequence[float]) -> float:
    """The probability that at least `needed` of independent parts work; the parts may differ."""
    working = [1.0]  # working[k]: probability that exactly k of the parts so far work
    for share in shares:
        with_it = [0.0, *(p * share for p in working)]
        without_it = [*(p * (1 - share) for p in working), 0.0]
        working = [a + b for a, b in zip(with_it, without_it, strict=True)]
    return min(1.0, sum(working[needed:]))


def from_repairs(between_failures: timedelta, to_repair: timedelta) -> float:
    """Availability of what works so long between failures and takes so long to repair: MTBF / (MTBF + MTTR)."""
    if between_failures <= timedelta(0) or to_repair < timedelta(0):
        raise Invalid(
            "The time between failures is more than nothing, and the time to repair is not less than nothing."
        )
    return between_failures / (between_failures + to_repair)


def from_downtime(down: timedelta, period: timedelta) -> float:
    """Share of a period that was not down."""
    if period <= timedelta(0):
        raise Invalid("A period has some length.")
    return 1 - min(max(down / period, 0.0), 1.0)


def downtime(share: float, period: timedelta) -> timedelta:
    """How long something of this availability is down in a period."""
    return period * (1 - share)


def span(seconds: float) -> str:
    """A length of time in one unit, rounded: "30 d", "8.76 h", "43.2 min", "51.8 s"."""
    units = ((86400, "d"), (3600, "h"), (60, "min"))
    size, word = next((one for one in units if abs(seconds) >= one[0]), (1, "s"))
    amount = seconds / size
    if abs(amount) < 1:
        return f"{amount:.2g} {word}"
    return f"{round(amount, 2 if abs(amount) < 10 else 1 if abs(amount) < 100 else 0):,g} {word}"


def percent(share: float) -> str:
    """With as many digits as matter: 99.9 %, 95.099005 %."""
    return f"{share * 100:.8g} %"
