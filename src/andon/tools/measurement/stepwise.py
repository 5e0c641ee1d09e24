"""Long answers are worked out step by step: in between, pushes and other requests have their turn.

Not in a thread: what is measured grows with every event, and may only be read where it grows. A step takes 50 ms with a
busy year of 100,000 commits in the ledger; when something is told between two steps that bears on the answer, they are
done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from andon.tools.measurement.answers.answer_cache import AnswerCache, AnswerKey
from andon.tools.measurement.answers.flow_facts import FlowFacts, flow_facts
from andon.tools.measurement.model.history import History

T = TypeVar("T")
Step = Callable[[FlowFacts], object]

_WORK: Final[tuple[Step, ...]] = (lambda here: here.work,)
_ALL: Final[tuple[Step, ...]] = (
    *_WORK,
    lambda here: here.came,
    lambda here: here.cases,
    lambda here: here.drawn,
)
#: by kind of answer
STEPS: Final[dict[str, tuple[Step, ...]]] = {
    "flow": _WORK,
    "value stream": _ALL,
    "waste": _ALL[:-1],
    "cost": _ALL[:2],
}


async def answer_in_steps(remembered: AnswerCache, history: History, asked: AnswerKey, make: Callable[[], T]) -> T:
    """What `make` says of the question, or said before. Errors: those of `make`."""
    if not remembered.knows(history, asked):
        for step in STEPS[asked[0]]:
            step(flow_facts(history, asked[1]))
            await asyncio.sleep(0)
    return remembered.answer(history, asked, make)
