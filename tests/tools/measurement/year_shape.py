"""What a year is made of: how much happens, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from andon.kernel.ids import EnvironmentName

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TEST, PRODUCTION = EnvironmentName("test"), EnvironmentName("production")
SERVICES = ("shop", "billing", "catalogue", "search", "accounts", "mailer", "warehouse", "reports")
PEOPLE = ("Ada", "Grace", "Linus", "Barbara", "Edsger", "Margaret")
VERBS = ("Fix", "Speed up", "Show", "Simplify", "Remove", "Guard", "Rename", "Retry", "Round", "Translate", "Cache")
THINGS = ("totals", "the basket", "invoices", "gift cards", "the search box", "tax tables", "delivery dates", "stock")
TROUBLES = ("Payments fail", "Pages are slow", "Orders are doubled", "Logins are refused", "Mails are late")
RULES = ("freeze-window", "same-artifact", "trunk-is-green", "built-once", "has-provenance")
FLAGS = ("new-basket", "fast-search", "gift-cards", "pay-later")
#: name, needs, seconds it takes at its usual speed
TASKS = (
    ("lint", (), 24),
    ("unit", (), 95),
    ("integration", ("unit",), 260),
    ("package", ("lint", "integration"), 40),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much happened."""

    services: tuple[str, ...] = SERVICES[:3]
    #: that landed, in each service
    changes: int = 520
    #: commits in a change, at most; besides the merge
    most_commits: int = 3
    #: of all deployments into production, how many go wrong
    wrong: float = 0.06
    #: of all changes, how many are put into production each by itself; the others wait for the next
    alone: float = 0.6
    end: datetime = NOW
    days: int = 365
    seed: int = 3


#: what a busy organisation does in a year: 100,000 commits, 20,000 deployments, 500 incidents
BUSY = Shape(services=SERVICES, changes=4170, most_commits=3, wrong=0.062, alone=0.25, seed=8)
