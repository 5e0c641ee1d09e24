"""Numbers as plain JSON: one source for the page, the API, the terminal and the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from andon.tools.measurement.answers.numbers import Numbers
from andon.tools.measurement.model.metric import Evidence, Exclusion, Metric, Question
from andon.tools.measurement.model.numbers.trend import Trend

#: so many rows are printed when nobody asks for more
ROWS = 200


def numbers_json(numbers: Numbers) -> dict[str, Any]:
    """All metrics of a place, with trends and without their evidence."""
    return {
        "question": question_json(numbers.question),
        "metrics": [metric_json(metric) for metric in numbers.metrics],
        "trends": [trend_json(trend) for trend in numbers.trends],
        "notes": list(numbers.notes),
    }


def question_json(question: Question) -> dict[str, Any]:
    """What was asked, in the words of an address."""
    return {
        "service": question.place.service,
        "environment": question.place.environment,
        "from": instant(question.window.begin),
        "to": instant(question.window.end),
        "as": question.definition,
        "as_of": instant(question.as_of) if question.as_of else None,
    }


def metric_json(metric: Metric) -> dict[str, Any]:
    """A number with everything but its rows."""
    spread = metric.spread
    return {
        "id": metric.id,
        "title": metric.title,
        "unit": metric.unit,
        "value": metric.value,
        "definition": metric.definition,
        "sample": metric.sample,
        "n": metric.n,
        "low": metric.low,
        "high": metric.high,
        "spread": None
        if spread is None
        else {"median": spread.median, "p85": spread.p85, "p95": spread.p95, "mean": spread.mean},
        "counted": len(metric.counted),
        "excluded": [{"reason": one.reason, "rows": len(one.rows)} for one in metric.excluded],
        "notes": list(metric.notes),
    }


def trend_json(trend: Trend) -> dict[str, Any]:
    """How a number moved."""
    return {
        "metric": trend.metric,
        "unit": trend.unit,
        "points": [{"begin": instant(one.begin), "value": one.value, "n": one.n} for one in trend.points],
    }


def evidence_json(rows: Sequence[Evidence], first: int = 1, most: int = ROWS) -> dict[str, Any]:
    """A page of rows, counted from 1; `next` is the number of the first row of the next page."""
    begin = max(first, 1) - 1
    end = min(begin + max(most, 0), len(rows))
    return {
        "total": len(rows),
        "first": begin + 1,
        "next": end + 1 if end < len(rows) else None,
        "rows": [row_json(rows[at]) for at in range(begin, end)],
    }


def exclusion_json(exclusion: Exclusion, first: int = 1, most: int = ROWS) -> dict[str, Any]:
    """What was left out for one reason, a page of it."""
    return {"reason": exclusion.reason, **evidence_json(exclusion.rows, first, most)}


def row_json(row: Evidence) -> dict[str, Any]:
    """One row."""
    return {
        "fact": row.fact,
        "name": row.name,
        "commit": row.commit,
        "at": instant(row.at),
        "value": row.value,
        "why": row.why,
        "link": row.link,
    }


def instant(at: datetime) -> str:
    """An instant as RFC 3339 has it, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
