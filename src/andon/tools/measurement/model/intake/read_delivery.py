"""What one delivery from another tool came to: facts, heads from which git is to be walked, or a reason for neither."""

from __future__ import annotations

from dataclasses import dataclass

from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.measurement.model.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CommitsHead:
    """From where git is to be walked: no delivery's own list of commits is ever taken, for such lists are cut."""

    repository: RepositoryName
    #: "" when the delivery does not say it
    clone_url: str
    commit: CommitId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDelivery:
    """One delivery, read."""

    #: what it was, in the sender's words: "deployment_status success", "Push Hook"
    what: str
    #: the sender's id for it, the same when it is sent again; "" when it gives none
    delivery: str = ""
    facts: tuple[Fact, ...] = ()
    heads: tuple[CommitsHead, ...] = ()
    #: not understood, so kept as it came: why; "" for what was understood
    kept: str = ""
    #: understood, and there is nothing in it to measure: why; "" when there is
    nothing: str = ""
    #: what a person should know though all was understood: "main was rewritten: 1b9a4c2 is no longer in it"
    troubles: tuple[str, ...] = ()
