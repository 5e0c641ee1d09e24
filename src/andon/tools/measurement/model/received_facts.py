"""The facts beside commits and deployments: by id, and by what they are about, so that a service is quick to find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from andon.tools.measurement.model.facts import (
    Change,
    FactId,
    Flip,
    Incident,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
)
from andon.tools.measurement.model.merging import merged

#: neither commits nor deployments, of which there are many more
Other = Incident | Change | Run | Publication | PromotionOffer | Flip | SecurityFinding | RuleRefusal
#: whom a fact is about that concerns the whole organisation
EVERYBODY = ""


class ReceivedFacts:
    """Every such fact, in the order in which they were first told."""

    def __init__(self) -> None:
        self._all: dict[type, dict[FactId, Other]] = defaultdict(dict)
        self._about: dict[tuple[type, str], dict[FactId, Other]] = defaultdict(dict)
        self._turns: dict[tuple[type, str | None], int] = defaultdict(int)

    def add(self, fact: Other) -> bool:
        """Take a fact in; one with a known id adds to what was said, or corrects it. False: nothing changed."""
        kind = type(fact)
        told = self._all[kind]
        before = told.get(fact.id)
        known = fact if before is None else cast(Other, merged(before, fact))  # of one kind as both are
        if before == known:
            return False
        told[fact.id] = known
        name = about(known)
        if before is not None and about(before) != name:
            del self._about[kind, about(before)][fact.id]
            self._turns[kind, about(before)] += 1
        self._about[kind, name][fact.id] = known
        self._turns[kind, name] += 1
        self._turns[kind, None] += 1
        return True

    def all(self, kind: type) -> Sequence[Other]:
        """Of a kind."""
        return tuple(self._all[kind].values()) if kind in self._all else ()

    def about(self, kind: type, name: str) -> Sequence[Other]:
        """Of a kind, about one repository or service: whichever that kind names."""
        return tuple(self._about[kind, name].values()) if (kind, name) in self._about else ()

    def turns(self, kind: type, name: str | None = None) -> int:
        """Goes up with each of a kind, or each of those about a name, that changed something."""
        return self._turns.get((kind, name), 0)


def about(fact: Other) -> str:
    """The repository of what is done to commits; the service of what is published and runs somewhere."""
    match fact:
        case Change() | Run() | SecurityFinding():
            return fact.repository
        case Publication():
            return fact.service
        case RuleRefusal():
            return EVERYBODY
        case _:
            return fact.place.service
