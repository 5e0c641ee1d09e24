"""Every read model of the house, in one record."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from andon.engine.views import View
from andon.line.changes import Changes
from andon.line.facts import Facts
from andon.line.whereabouts import Served
from andon.tools.access.views import Accounts
from andon.tools.artifacts.views import Artifacts
from andon.tools.delivery.verdicts import Verdicts
from andon.tools.delivery.views import Cords, Environments
from andon.tools.infra.model.waiting_secrets import WaitingSecrets
from andon.tools.infra.views import KnownSecrets
from andon.tools.measurement.people import Improvements, PriceList, Pulses
from andon.tools.measurement.sources import Sources
from andon.tools.measurement.views import Measured
from andon.tools.pipelines.views import Runs
from andon.tools.source.views import Repositories


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseViews:
    """One of each; names are those of the doors' dependencies."""

    accounts: Accounts = field(default_factory=Accounts)
    known_secrets: KnownSecrets = field(default_factory=KnownSecrets)
    repositories: Repositories = field(default_factory=Repositories)
    runs: Runs = field(default_factory=Runs)
    artifacts: Artifacts = field(default_factory=Artifacts)
    whereabouts: Served = field(default_factory=Served)
    environments: Environments = field(default_factory=lambda: Environments(WaitingSecrets()))
    cords: Cords = field(default_factory=Cords)
    verdicts: Verdicts = field(default_factory=Verdicts)
    changes: Changes = field(default_factory=Changes)
    facts: Facts = field(default_factory=Facts)
    measured: Measured = field(default_factory=Measured)
    sources: Sources = field(default_factory=Sources)
    improvements: Improvements = field(default_factory=Improvements)
    pulses: Pulses = field(default_factory=Pulses)
    price_list: PriceList = field(default_factory=PriceList)

    def all(self) -> tuple[View, ...]:
        """All of them, in the order in which they are told of events."""
        return tuple(getattr(self, one.name) for one in fields(self))
