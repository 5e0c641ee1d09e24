"""What a minute of a run and an hour of an environment cost, as somebody declared it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import EnvironmentName, StreamId, stream
from andon.kernel.refusal import CommandRefused

KIND = "prices"
PRICES_STREAM: StreamId = stream(KIND, "main")
#: more than this an hour is a mistake in the comma
_HIGHEST = 1_000_000.0
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentPrice:
    """Of one service's place in an environment."""

    environment: EnvironmentName
    per_hour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Everything that has a price."""

    #: ISO 4217: "EUR"; "" before anything was declared
    currency: str = ""
    per_run_minute: float = 0.0
    #: by name; an environment that is not named costs nothing that is known
    environments: tuple[EnvironmentPrice, ...] = ()

    def per_hour(self, environment: EnvironmentName) -> float | None:
        """Of a service there; None when nobody said."""
        return next((each.per_hour for each in self.environments if each.environment == environment), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDeclaration:
    """The prices in force."""

    prices: Prices = field(default_factory=Prices)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesDeclared:
    """These prices hold from now on; what was before keeps its own."""

    prices: Prices

    def evolve(self, state: PriceDeclaration) -> PriceDeclaration:
        return replace(state, prices=self.prices)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarePrices:
    """Declare all prices anew."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    prices: Prices

    def decide(self, state: PriceDeclaration, now: datetime) -> tuple[Event[PriceDeclaration], ...]:
        check(self.prices)
        return () if self.prices == state.prices else (PricesDeclared(prices=self.prices),)


def check(prices: Prices) -> None:
    """Can these be prices? Errors: Invalid, with everything that is wrong."""
    problems: list[Problem] = []
    if not _CURRENCY.fullmatch(prices.currency):
        message = f'"{prices.currency[:20]}" is no currency.'
        problems.append(Problem(where="currency", message=message, remedy='Write three letters, such as "EUR".'))
    named = [("run minute", prices.per_run_minute), *((e.environment, e.per_hour) for e in prices.environments)]
    for where, price in named:
        if not 0 <= price <= _HIGHEST:
            problems.append(Problem(where=where, message=f"a price is from 0 to {_HIGHEST:,.0f}, not {price}."))
    if problems:
        raise Invalid(*problems)


NOUN: Noun[PriceDeclaration] = Noun(
    kind=KIND,
    initial=PriceDeclaration(),
    events=(PricesDeclared, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
