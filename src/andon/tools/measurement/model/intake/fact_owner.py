"""Whose facts these are: an id begins with the name of who told it, and nobody else may tell it anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from andon.kernel.errors import Problem
from andon.tools.measurement.model.facts import Commit, Deployment, Fact, FactId, Incident

#: of what this server itself saw, and of tags that were measured
OF_THE_LEDGER = frozenset({"ledger", "tags"})


def not_by(read: Iterable[Fact | Problem], source: str, others: Collection[str]) -> Iterator[Fact | Problem]:
    """The facts, but for those that only one of the others may tell; what they refer to may be anybody's."""
    for each in read:
        teller, slash, _ = ("", "", "") if isinstance(each, Problem | Commit) else each.id.partition("/")
        if slash and teller != source and teller in others:
            yield Problem(
                where=f"id {getattr(each, 'id', '')[:80]}",
                message=f'only "{teller}" tells that here.',
                remedy="From another server? Give its facts a name of their own: andon import FILE --as NAME",
            )
        else:
            yield each


def apart(read: Iterable[Fact | Problem], source: str) -> Iterator[Fact | Problem]:
    """The facts of another server, all of them under one name; what they refer to is of that server too."""
    for each in read:
        yield each if isinstance(each, Problem | Commit) else _under(each, source)


def _under(fact: Fact, source: str) -> Fact:
    match fact:
        case Commit():
            return fact
        case Deployment():
            return replace(fact, id=_called(fact.id, source), mends=_each(fact.mends, source))
        case Incident():
            return replace(fact, id=_called(fact.id, source), caused_by=_each(fact.caused_by, source))
        case _:
            return replace(fact, id=_called(fact.id, source))


def _each(ids: tuple[FactId, ...], source: str) -> tuple[FactId, ...]:
    return tuple(_called(id_, source) for id_ in ids)


def _called(id_: FactId, source: str) -> FactId:
    """What has the name already keeps it: the same file read twice says the same."""
    return id_ if id_.startswith(f"{source}/") else FactId(f"{source}/{id_}")
