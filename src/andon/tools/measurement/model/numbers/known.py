"""Since when anything is known of a place: of the time before, nobody can say that nothing happened."""

from __future__ import annotations

from datetime import datetime

from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.model.numbers.place_history import QuestionFacts

DAY_S = 86400
NOT_YET = "No data: none of this time had been yet when it was asked about."


def first_deployed(case: QuestionFacts) -> datetime | None:
    """When the first deployment that is known here was done."""
    return case.deployments[0].finished_at if case.known else None


def first_day(case: QuestionFacts) -> datetime | None:
    """The day of the first deployment that is known here."""
    first = first_deployed(case)
    return first.replace(hour=0, minute=0, second=0, microsecond=0) if first else None


def deployed_part(case: QuestionFacts) -> Window | None:
    """The window from the first day with a deployment on; None when it ends before that, or has no length."""
    first, window = first_deployed(case), case.window
    if first is None or first >= window.end or window.days <= 0:
        return None
    return Window(begin=max(first_day(case) or first, window.begin), end=window.end)


def observed_part(case: QuestionFacts) -> Window | None:
    """The window from the first deployment or incident of the place on; None when it ends before that."""
    firsts = (first_deployed(case), case.incidents[0].detected_at if case.incidents else None)
    first = min((one for one in firsts if one), default=None)
    if first is None or first >= case.window.end or case.window.days <= 0:
        return None
    return Window(begin=max(first, case.window.begin), end=case.window.end)


def days_of(part: Window, window: Window) -> float:
    """The days of what is known of a window; at least one, so that what began this morning has a rate a day."""
    return max(part.days, min(1.0, window.days))


def why_not_deployed(case: QuestionFacts) -> str:
    """Why nothing can be said about how often something is deployed; "" when something can."""
    first = first_deployed(case)
    if case.window.days <= 0:
        return NOT_YET
    if first is None:
        return "No data: nothing was ever deployed here."
    if first >= case.window.end:
        return f"No data: the first deployment known here is of {first:%Y-%m-%d}, after this time."
    return ""
