"""What a token allows in the registry: which artifacts it may push and which it may pull."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor
from andon.standards.oci import is_name

#: in a scope: every artifact
EVERY = "*"

RULE_ONLY_CI_WRITES = "only-ci-writes"
#: what a refused writer is told
ONLY_CI_WRITES = (
    "Only a run's own token writes artifacts, and only the artifact that the run makes: what runs in an environment "
    "must have come down the line from a commit. Push the commit (git push); its pipeline publishes the artifact."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one token allows, and whose it is."""

    #: as the ledger names them: "run/815"
    actor: Actor
    #: artifacts it may push; pushing includes pulling
    push: frozenset[str]
    #: artifacts it may pull; "*" is all of them
    pull: frozenset[str]
    #: when it ends; None when that is decided by the account's token behind it
    ends: datetime | None = None
    #: sha256 of the account's token that it was lent for, and ends with; "" for a run's
    via: str = ""

    def may_push(self, name: str) -> bool:
        """May it write this artifact?"""
        return name in self.push

    def may_pull(self, name: str) -> bool:
        """May it read this artifact?"""
        return EVERY in self.pull or name in self.pull or name in self.push


def parse_scope(scope: str, actor: Actor) -> Grant:
    """The grant of a token's scope, "push:shop pull:base". Errors: Invalid.

    There is no "push:*": nothing may write every artifact.
    """
    push: set[str] = set()
    pull: set[str] = set()
    for part in scope.split():
        verb, _, name = part.partition(":")
        if verb == "push" and is_name(name):
            push.add(name)
        elif verb == "pull" and (name == EVERY or is_name(name)):
            pull.add(name)
        else:
            raise Invalid(f'"{part[:80]}" is no scope of the registry: expected push:NAME, pull:NAME or pull:*.')
    return Grant(actor=actor, push=frozenset(push), pull=frozenset(pull))


def push_scope(*names: str, pull: tuple[str, ...] = ()) -> str:
    """The scope of a token that pushes these artifacts and pulls those."""
    return " ".join([*(f"push:{name}" for name in names), *(f"pull:{name}" for name in pull if name)])
