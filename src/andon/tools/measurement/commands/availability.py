"""The command about nines: what a system of parts comes to, how much may go wrong, and how available a service was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from andon.console.session import Session
from andon.kernel.errors import Invalid
from andon.kernel.words import plural
from andon.tools.measurement.model.availability.systems import percent, span

if TYPE_CHECKING:
    from andon.tools.measurement.answers.availability import BudgetAnswer, BurnRateAlert, SystemAnswer
    from andon.tools.measurement.answers.availability_answer import AvailabilityAnswer, MeasuredRecord
    from andon.tools.measurement.answers.measured_availability import BudgetLeft


def availability(  # noqa: PLR0913  (one option for each thing that may be asked)
    *parts: str,
    target: str = "",
    period: str = "30d",
    service: str = "",
    env: str = "",
    until: str = "",
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """How available a system is from its parts, the error budget of a target, and how available a service was.

    Parameters
    ----------
    parts:
        What the system needs, all of it: 99.9% (up so much of the time), 100h/2h (so long between failures, so long to
        repair), "5 x 99.9%", "any(99%, 99%)", "2 of (99%, 99%, 99%)"; a part may have a name: db=99.9%.
    target:
        Percent of the time that is to be good: 99.9.
    period:
        Of the target: 30d.
    service:
        Ask the server how available this service was, as its incidents tell.
    env:
        Its environment; else the last of the line.
    until:
        The period ends then: 2026-01-31; else now.
    """
    if not (parts or target or service):
        raise Invalid("Say a system (andon availability 99.9% 'any(99%, 99%)'), a --target or a --service, or several.")
    from andon.tools.measurement.answers.availability_answer import (
        AvailabilityAnswer,
        AvailabilityQuestion,
        availability_answer,
    )

    words = {"system": ", ".join(parts), "target": target, "period": period}
    if service:
        asked = {**words, "service": service, "environment": env, "to": until}
        query = {name: text or None for name, text in asked.items()}
        answer = session.api.get("/api/v1/measurement/availability", query=query, into=AvailabilityAnswer)
    else:
        answer = availability_answer(AvailabilityQuestion(**words))
    session.show(answer, lambda found: _in_words(found, session))


def _in_words(answer: AvailabilityAnswer, session: Session) -> str:
    blocks = []
    if answer.system:
        blocks.append(_system(answer.system, session))
    if answer.measured:
        blocks.append(_measured(answer.measured, session))
    if answer.budget:
        blocks.append(_budget(answer.budget, session))
    return "\n\n".join(blocks)


def _system(system: SystemAnswer, session: Session) -> str:
    month, year = span(system.down_in_30_days_seconds), span(system.down_in_365_days_seconds)
    lines = [f"{session.paint.strong(percent(system.availability))}  down {month} in 30 days, {year} in 365 days"]
    lines += [f"{'  ' * row.depth}  {row.says}  {percent(row.availability)}" for row in system.parts[1:]]
    return "\n".join([*lines, session.paint.quiet(system.assumption)])


def _budget(budget: BudgetAnswer, session: Session) -> str:
    head = f"{percent(budget.target)} of {span(budget.period_seconds)}"
    lines = [f"{session.paint.strong(head)}  allows {span(budget.budget_seconds)} of everything being down"]
    lines += [_alert(alert) for alert in budget.alerts]
    return "\n".join(lines)


def _alert(alert: BurnRateAlert) -> str:
    fires, gone = alert.full_outage_until_firing_seconds, alert.exhausted_in_seconds
    windows = f"{span(alert.long_window_seconds)} and {span(alert.short_window_seconds)}"
    rule = f"  {alert.urgency:6}  burn {alert.burn_rate:<5.4g} over {windows}"
    if fires is None:
        return f"{rule}: can never fire, for {percent(alert.threshold)} would have to be bad"
    until = f", and the budget is gone after {span(gone)}" if gone is not None else ""
    return f"{rule}: more than {percent(alert.threshold)} bad; a full outage fires after {span(fires)}{until}"


def _measured(measured: MeasuredRecord, session: Session) -> str:
    question, metric, budget = measured.question, measured.metric, measured.budget
    place = f"{question.service} in {question.environment}"
    window = f"{question.begin:%Y-%m-%d} to {question.end:%Y-%m-%d}"
    value = "no data" if metric.value is None else percent(metric.value)
    lines = [f"{session.paint.strong(value)}  {place}, {window}{_down(measured)}"]
    lines += [f"  {row.at:%Y-%m-%d %H:%M}  {row.name}  {row.why}" for row in measured.evidence.rows]
    lines += [f"  ! {note}" for note in metric.notes]
    if budget:
        lines.append(f"  {_left(budget)}")
    return "\n".join([*lines, session.paint.quiet(metric.definition)])


def _down(measured: MeasuredRecord) -> str:
    """For how long; nothing where nobody reported incidents."""
    metric = measured.metric
    if metric.value is None:
        return ""
    incidents = plural(metric.n, "incident")
    return f": down {span(measured.down_seconds)} in {incidents}" if metric.n else ": no incident did harm"


def _left(budget: BudgetLeft) -> str:
    spent = f"{span(budget.spent_seconds)} of {span(budget.budget_seconds)} is used up"
    if budget.left_seconds <= 0:
        return f"error budget: {spent}: {span(-budget.left_seconds)} too much"
    empty = budget.empty_in_seconds
    rest = f"; at this pace the rest lasts {span(empty)}" if empty is not None else ""
    return f"error budget: {spent} ({budget.spent_share * 100:.0f} %, burn {budget.burn_rate:.3g}){rest}"
