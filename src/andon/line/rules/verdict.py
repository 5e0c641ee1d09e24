"""What a rule is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.order import Order
from andon.line.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """A no: why, and what to do next."""

    reason: str
    remedy: str


#: None allows
Verdict = Deny | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of good delivery."""

    #: its name in refusals: "built-once"
    id: str
    #: why it exists, and where that is written
    why: str
    judge: Callable[[Facts, Order, datetime], Verdict]
