"""A repository that was archived or deleted: what is said about it, and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from andon.kernel.errors import Refused
from andon.kernel.ids import Actor, RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """By whom, when and why a repository was archived or deleted."""

    kind: Literal["archived", "deleted"]
    by: Actor
    at: datetime
    reason: str

    def sentence(self, repository: RepositoryName) -> str:
        """What happened."""
        return f"{repository} was {self.kind} by {self.by} on {self.at:%Y-%m-%d at %H:%M} UTC: {self.reason}"

    def remedy(self, repository: RepositoryName) -> str:
        """How work goes on."""
        if self.kind == "archived":
            return (
                f'It can be read. An admin opens it for pushes:  andon repository unarchive {repository} --because "…"'
            )
        return (
            "No other repository gets its name, because the ledger names it. Push to a repository with another name.\n"
            "An operator hands over what it published:  andon service transfer SERVICE --to REPOSITORY"
        )


def judge_open(repository: RepositoryName, closing: Closing | None) -> None:
    """Go on only with a repository that was neither archived nor deleted. Errors: Refused."""
    if closing is not None:
        raise Refused(f"repository-{closing.kind}", closing.sentence(repository), closing.remedy(repository))
