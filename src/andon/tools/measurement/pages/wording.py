"""Numbers of delivery in words: a sentence for the lamp, and how a number compares with the time before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from andon.tools.measurement.answers.numbers import Numbers
from andon.tools.measurement.model.metric import Metric
from andon.web.charts.units import brief, rate

#: more of these is better; of all others less
MORE_IS_BETTER = frozenset({"deployment-frequency", "mean-time-between-failures"})

#: words of definitions and of reasons that not everybody uses so
WORDS = {
    "seed": "The first deployment of a service to a place: it brings all that there was before, so nobody knows what "
    "was new.",
    "redeploy": "The same revision was deployed again: what runs did not change.",
    "outside": "It happened in another environment, or at another time, than the one that is asked about.",
    "remediation": "A deployment that mends another one or an incident, or goes back to an earlier revision.",
}
#: what a row above and below the line of a rate is
PARTS = {"change-fail-rate": ("failed", "fine"), "deployment-rework-rate": ("not planned", "planned")}
#: which date a row has, by what it is about
DATES = {
    "commits": "Committed",
    "deployments": "Deployed",
    "failed deployments": "Deployed",
    "weeks": "Deployed",
    "incidents": "Began",
}

Drift = Literal["better", "worse", "same", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A number beside the same number of the time before."""

    drift: Drift
    #: "clearly less than the 5.2 h of the 90 days before"
    words: str


def metric_of(numbers: Numbers, id_: str) -> Metric:
    """One of the metrics."""
    return next(metric for metric in numbers.metrics if metric.id == id_)


def glossary(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The words of these texts that want a meaning."""
    said = " ".join(texts).lower()
    return tuple((word, meaning) for word, meaning in WORDS.items() if word in said)


def date_word(metric: Metric) -> str:
    """What the date of each of its rows is."""
    return DATES.get(metric.sample, "When")


def part_words(metric: Metric) -> tuple[str, str]:
    """Of a rate: what its rows with 1 and with 0 are."""
    if "divided by the number of" in metric.definition:
        return "incident", "deployment"
    return PARTS.get(metric.id, ("counted", "not"))


def compared(now: Metric, before: Metric, days: int) -> Compared:
    """Only where the intervals lie apart is a difference called one."""
    then = f"the {days} days before"
    if now.value is None:
        return Compared(drift="unknown", words="")
    if before.value is None:
        return Compared(drift="unknown", words=f"no data in {then}")
    was = brief(before.value, before.unit)
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return Compared(drift="unknown", words=f"{was} in {then}")
    if now.low <= before.high and before.low <= now.high:
        return Compared(drift="same", words=f"not clearly other than {was} in {then}")
    is_more = now.low > before.high
    is_better = is_more == (now.id in MORE_IS_BETTER)
    words = f"clearly {'more' if is_more else 'less'} than {was} in {then}"
    return Compared(drift="better" if is_better else "worse", words=words)


def how_often(per_day: float) -> str:
    """A frequency as people say it, in the unit of its number: "1.8 times a day", "2.3 times a week"."""
    days, words = rate(per_day)
    number, _, _ = brief(per_day, "per day").partition(" ")
    return f"{'once' if f'{per_day * days:.1f}' == '1.0' else f'{number} times'} {words}"


def sentence(numbers: Numbers) -> str:
    """What matters most about a place."""
    place = numbers.question.place
    often = metric_of(numbers, "deployment-frequency")
    deployments = len(often.counted)
    if not deployments:
        return f"No deployment changed {place.service} in {place.environment} in this time."
    if deployments == 1:
        return f"{place.service} reached {place.environment} once in this time."
    lead = metric_of(numbers, "change-lead-time")
    way = f"; half of its changes take less than {brief(lead.value, lead.unit)}" if lead.value is not None else ""
    if often.unit != "per day" or not often.value:  # a definition may count days or cut numbers: what happened is said
        return f"{place.service} reached {place.environment} {deployments:,} times in this time{way}."
    return f"{place.service} reaches {place.environment} {how_often(often.value)}{way}."
