"""Long answers are worked out step by step: in between, pushes and other requests have their turn.

Not in a thread: what is measured grows with every event, and may only be read where it grows. A step takes 50 ms with a
busy year of 100,000 commits in the ledger; when a fact that bears on the answer comes between two steps, they are done
again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from andon.tools.measurement.answers.answer_cache import AnswerCache, AnswerKey
from andon.tools.measurement.answers.cost import Cost, cost
from andon.tools.measurement.answers.flow import Flow, ForecastQuestion, flow
from andon.tools.measurement.answers.flow_facts import FlowFacts, flow_facts
from andon.tools.measurement.answers.value_stream import ValueStream, value_stream
from andon.tools.measurement.answers.waste import WasteReport, waste
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question
from andon.tools.measurement.people import PricesSince

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


async def stream_answer(history: History, question: Question) -> ValueStream:
    """The value stream."""
    return await _in_steps(history, ("value stream", question), lambda: value_stream(history, question))


async def flow_answer(history: History, question: Question, forecast: ForecastQuestion) -> Flow:
    """The flow."""
    return await _in_steps(history, ("flow", question, forecast), lambda: flow(history, question, forecast))


async def waste_answer(history: History, question: Question) -> WasteReport:
    """The waste."""
    return await _in_steps(history, ("waste", question), lambda: waste(history, question))


async def cost_answer(history: History, question: Question, declared: tuple[PricesSince, ...]) -> Cost:
    """The cost at these prices."""
    return await _in_steps(history, ("cost", question, declared), lambda: cost(history, question, declared))


async def _in_steps(history: History, key: AnswerKey, make: Callable[[], T]) -> T:
    """The answer, from the cache where it is there. Errors: those of `make`."""
    cache = history.cache(AnswerCache)
    if not cache.knows(history, key):
        for step in STEPS[key[0]]:
            step(flow_facts(history, key[1]))
            await asyncio.sleep(0)
    return cache.answer(history, key, make)
