"""What is asked about availability in words, and the whole answer: one source for page, API and terminal."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from andon.standards.durations import parse_duration
from andon.tools.measurement.answers.availability import BudgetAnswer, SystemAnswer, budget_answer, system_answer
from andon.tools.measurement.answers.measured_availability import MeasuredAnswer, measured_availability
from andon.tools.measurement.model.availability.error_budget import Target
from andon.tools.measurement.model.availability.grammar import LONGEST, read_share, read_system
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window

PERIOD = "30d"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityAsking:
    """As it was written; "" for what was left out."""

    #: "99.9%, any(99%, 99%)"
    system: str = ""
    #: percent: "99.9"
    target: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityAnswer:
    """Each part is None where it was not asked for."""

    system: SystemAnswer | None
    budget: BudgetAnswer | None
    measured: MeasuredAnswer | None


def target_of(asking: AvailabilityAsking) -> Target | None:
    """The target that is meant, for 30 days when nothing is said. Errors: Invalid."""
    if not asking.target:
        return None
    return Target(share=read_share(asking.target), period=parse_duration(asking.period or PERIOD, LONGEST))


def availability_answer(
    asking: AvailabilityAsking, history: History | None = None, question: Question | None = None
) -> AvailabilityAnswer:
    """The whole answer; what is measured needs a history and a place. Errors: Invalid."""
    target = target_of(asking)
    measured = None
    if history is not None and question is not None:
        measured = measured_availability(history, question, target)
    return AvailabilityAnswer(
        system=system_answer(read_system(asking.system)) if asking.system.strip() else None,
        budget=budget_answer(target) if target else None,
        measured=measured,
    )


def of_the_period(question: Question, asking: AvailabilityAsking) -> Question:
    """The question about the period of the budget instead of the usual window. Errors: Invalid."""
    end = min(question.window.end, question.as_of) if question.as_of else question.window.end
    begin = end - parse_duration(asking.period or PERIOD, LONGEST)
    return replace(question, window=Window(begin=begin, end=end))


def availability_json(answer: AvailabilityAnswer) -> dict[str, Any]:
    """The answer as plain JSON."""
    return {
        "system": asdict(answer.system) if answer.system else None,
        "budget": asdict(answer.budget) if answer.budget else None,
        "measured": _measured_json(answer.measured) if answer.measured else None,
    }


def _measured_json(measured: MeasuredAnswer) -> dict[str, Any]:
    # arithmetic alone needs none of the numbers, and a terminal would wait for them
    from andon.tools.measurement.answers.printed import evidence_json, exclusion_json, metric_json, question_json

    metric = measured.metric
    return {
        "question": question_json(measured.question),
        "metric": metric_json(metric),
        "evidence": evidence_json(metric.counted),
        "excluded": [exclusion_json(one) for one in metric.excluded],
        "down_seconds": measured.down_seconds,
        "budget": asdict(measured.budget) if measured.budget else None,
    }
