"""Plans improvements: what the number is now is measured, and recorded with the aim."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from andon.engine.callers_desk import CallersDesk
from andon.engine.desk import Desk
from andon.kernel.caller import Caller
from andon.kernel.decider import Command
from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import stream
from andon.tools.measurement.answers.aimed_metric import AimedMetric, reading
from andon.tools.measurement.model.improving.improvement import KIND, Aim, Improvement, Reading
from andon.tools.measurement.model.improving.kaizen import PlanImprovement
from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.people import ImprovementRecord, Improvements
from andon.tools.measurement.views import Measured

#: how much time is looked at when nobody says
USUAL = timedelta(days=30)
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody wants to try."""

    title: str
    because: str
    number: AimedMetric
    #: in the number's own unit
    target: float
    by: datetime
    over: timedelta = USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Improving:
    """Plan, do, check, act."""

    desk: Desk
    measured: Measured
    improvements: Improvements
    now: Callable[[], datetime]
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def plan(self, plan: Plan, *, by: Caller) -> ImprovementRecord:
        """Plan it, with what the number is now. Errors: Invalid."""
        if not SHORTEST <= plan.over <= LONGEST:
            message = f"{plan.over} is too short or too long to measure over."
            raise Invalid(Problem(where="over", message=message, remedy="Take 1 hour to 366 days; 30d is usual."))
        now = self.now()
        unit, baseline = reading(self.measured.history, plan.number, Window(begin=now - plan.over, end=now))
        aim = Aim(
            metric=plan.number.metric,
            unit=unit,
            place=plan.number.place,
            definition=plan.number.definition,
            target=plan.target,
            by=plan.by,
            over=plan.over,
        )
        return await self._planned(plan, aim, baseline, by)

    async def _planned(self, plan: Plan, aim: Aim, baseline: Reading, by: Caller) -> ImprovementRecord:
        """Under the next number."""
        async with self._one_at_a_time:
            number = self.improvements.next_number
            command = PlanImprovement(number=number, title=plan.title, because=plan.because, aim=aim, baseline=baseline)
            await CallersDesk(self.desk, by).submit(stream(KIND, number), command)
        return self.improvements.one(number)

    async def ask(self, number: int, command: Command[Improvement], *, by: Caller) -> ImprovementRecord:
        """Begin it, check it, keep it or drop it. Errors: NotFound, Refused, Invalid."""
        self.improvements.one(number)
        await CallersDesk(self.desk, by).submit(stream(KIND, number), command)
        return self.improvements.one(number)
