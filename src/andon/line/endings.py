"""What ends, and what goes on, when a repository is archived or deleted."""

from __future__ import annotations

from andon.kernel.ids import RepositoryName
from andon.line.facts import Facts
from andon.tools.source.ports import Affected, Serving


class RepositoryEndings:
    """source.Endings from the facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def of(self, repository: RepositoryName) -> Affected:
        """Its open runs, and the services that it publishes and that serve."""
        serving = self._facts.serving(repository)
        return Affected(
            runs=self._facts.closings.open_runs(repository),
            serving=tuple(Serving(service=service, environment=environment) for service, environment in serving),
        )
