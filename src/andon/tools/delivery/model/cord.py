"""The cord: pulled by anyone who sees a defect, it stops every promotion in its scope until it is released."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.errors import Invalid, Refused
from andon.kernel.ids import StreamId, parse_name, stream
from andon.kernel.refusal import CommandRefused

KIND = "cord"
CORD_STREAM: StreamId = stream(KIND, "line")
LINE_SCOPE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Which cords are pulled: scope and reason."""

    pulled: tuple[tuple[str, str], ...] = ()

    def reason(self, scope: str) -> str | None:
        return dict(self.pulled).get(scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class CordPulled:
    """Nothing in this scope is promoted any more."""

    #: "line", "environment/production" or "service/shop"
    scope: str
    reason: str

    def evolve(self, state: State) -> State:
        return replace(state, pulled=(*state.pulled, (self.scope, self.reason)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CordReleased:
    """Promotions in this scope go on."""

    scope: str
    reason: str

    def evolve(self, state: State) -> State:
        return replace(state, pulled=tuple(pair for pair in state.pulled if pair[0] != self.scope))


#: it is shown on every page, and in the refusal of every promotion
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PullCord:
    """Stop every promotion in the scope."""

    needs: ClassVar[tuple[str, ...]] = ("push", "cord")

    scope: str
    reason: str

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        scope, reason = parse_scope(self.scope), _said(self.reason)
        already = state.reason(scope)
        if already is not None:
            raise Refused(
                "cord-pulled",
                f'the cord of {in_words(scope)} is pulled already: "{already}".',
                "Nothing more to do: what is in its scope has stopped.",
            )
        return (CordPulled(scope=scope, reason=reason),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCord:
    """Let promotions in the scope go on."""

    needs: ClassVar[tuple[str, ...]] = ("cord",)

    scope: str
    reason: str

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        scope, reason = parse_scope(self.scope), _said(self.reason)
        if state.reason(scope) is None:
            pulled = ", ".join(name for name, _ in state.pulled)
            raise Refused(
                "cord-pulled",
                f"the cord of {in_words(scope)} is not pulled.",
                f"Pulled now: {pulled}." if pulled else "No cord is pulled.",
            )
        return (CordReleased(scope=scope, reason=reason),)


def parse_scope(text: str) -> str:
    """A scope that a cord can have. Errors: Invalid."""
    kind, _, name = text.partition("/")
    if text == LINE_SCOPE:
        return text
    if kind not in {"environment", "service"}:
        raise Invalid(f'"{text[:80]}" is no scope: use line, environment/NAME or service/NAME.')
    parse_name(name, f"a{'n' if kind == 'environment' else ''} {kind}")
    return text


def in_words(scope: str) -> str:
    """The scope in a sentence: "the line", "environment production"."""
    return "the line" if scope == LINE_SCOPE else scope.replace("/", " ", 1)


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid('say why, so that everybody knows:  --reason "…"')
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            f"the reason has {len(reason):,} characters; everybody reads it, so use {LONGEST_REASON} at most."
        )
    return reason.strip()


NOUN: Noun[State] = Noun(
    kind=KIND,
    initial=State(),
    events=(CordPulled, CordReleased, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
