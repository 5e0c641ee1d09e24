"""What is asked about availability in words, and the whole answer: one source for page, API and terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from msgspec import Struct

from andon.standards.durations import parse_duration
from andon.tools.measurement.answers.availability import BudgetAnswer, SystemAnswer, budget_answer, system_answer
from andon.tools.measurement.answers.measured_availability import BudgetLeft, MeasuredAnswer, measured_availability
from andon.tools.measurement.answers.records import (
    EvidencePage,
    MetricSummary,
    QuestionRecord,
    evidence_page,
    metric_summary,
    question_record,
)
from andon.tools.measurement.model.availability.error_budget import Target
from andon.tools.measurement.model.availability.grammar import LONGEST, read_share, read_system
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window

PERIOD = "30d"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityQuestion:
    """As it was written; "" for what was left out."""

    #: "99.9%, any(99%, 99%)"
    system: str = ""
    #: percent: "99.9"
    target: str = ""
    period: str = ""


class MeasuredRecord(Struct, frozen=True, kw_only=True):
    """How available one place was in one window, with the first rows of the evidence."""

    question: QuestionRecord
    metric: MetricSummary
    evidence: EvidencePage
    excluded: tuple[EvidencePage, ...]
    down_seconds: float
    #: None without a target, and where nothing is known
    budget: BudgetLeft | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityAnswer:
    """Each part is None where it was not asked for."""

    system: SystemAnswer | None
    budget: BudgetAnswer | None
    measured: MeasuredRecord | None


def target_of(asking: AvailabilityQuestion) -> Target | None:
    """The target that is meant, for 30 days when nothing is said. Errors: Invalid."""
    if not asking.target:
        return None
    return Target(share=read_share(asking.target), period=parse_duration(asking.period or PERIOD, LONGEST))


def availability_answer(
    asking: AvailabilityQuestion, history: History | None = None, question: Question | None = None
) -> AvailabilityAnswer:
    """The whole answer; what is measured needs a history and a place. Errors: Invalid."""
    target = target_of(asking)
    measured = None
    if history is not None and question is not None:
        measured = _record(measured_availability(history, question, target))
    return AvailabilityAnswer(
        system=system_answer(read_system(asking.system)) if asking.system.strip() else None,
        budget=budget_answer(target) if target else None,
        measured=measured,
    )


def of_the_period(question: Question, asking: AvailabilityQuestion) -> Question:
    """The question about the period of the budget instead of the usual window. Errors: Invalid."""
    end = min(question.window.end, question.as_of) if question.as_of else question.window.end
    begin = end - parse_duration(asking.period or PERIOD, LONGEST)
    return replace(question, window=Window(begin=begin, end=end))


def _record(measured: MeasuredAnswer) -> MeasuredRecord:
    metric = measured.metric
    return MeasuredRecord(
        question=question_record(measured.question),
        metric=metric_summary(metric),
        evidence=evidence_page(metric.counted),
        excluded=tuple(evidence_page(one.rows, reason=one.reason) for one in metric.excluded),
        down_seconds=measured.down_seconds,
        budget=measured.budget,
    )
