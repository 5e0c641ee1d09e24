"""What measurement does by itself when something happens: it learns the commits that a large push does not tell."""

from __future__ import annotations

from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.ids import FLOW, stream
from andon.kernel.order import Order
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.intake.walk import NOUN, OWN, AskWalk
from andon.tools.measurement.views import Measured
from andon.tools.source.events import BranchPushed


def follow(happened: Envelope[Any], measured: Measured) -> tuple[Order, ...]:
    """Have the own repository walked when a push told only its newest commits."""
    event = happened.event
    if not isinstance(event, BranchPushed) or event.after is None:
        return ()
    if not is_cut(event, measured.history.graph(event.repository)):
        return ()
    command = AskWalk(connection=OWN, repository=event.repository, clone_url="", head=event.after)
    return (
        Order(
            stream=stream(NOUN.kind, f"{OWN}/{event.repository}"),
            command=command,
            actor=FLOW,
            cause=happened.id,
            chain=happened.chain,
        ),
    )


def is_cut(event: BranchPushed, known: CommitGraph) -> bool:
    """Does one of its commits follow one that nobody reported?

    What was there before the push may be unknown too, after a push from a time when nobody walked.
    """
    told = {commit.commit for commit in event.commits}
    parents = {parent for commit in event.commits for parent in commit.parents}
    return any(known.number(parent) is None for parent in parents - told)
