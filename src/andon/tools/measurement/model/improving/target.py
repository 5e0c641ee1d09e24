"""What a number should become, as people write it: "4h", "5 %", "2 a day"."""

from __future__ import annotations

import math
import re
from datetime import timedelta

from andon.kernel.errors import Invalid, Problem
from andon.standards.durations import parse_duration
from andon.tools.measurement.model.metric import Unit

_NUMBER = re.compile(r"(?P<value>\d{1,9}(?:\.\d{1,9})?)\s*(?P<rest>%|a day|a week|a month)?")
_LONGEST = timedelta(days=3660)
#: days that one of what is written stands for
_A = {"a day": 1, "a week": 7, "a month": 30}
_LIKE: dict[Unit, str] = {
    "seconds": 'Write a time such as "4h" or "1d12h".',
    "ratio": 'Write a share such as "5 %".',
    "per day": 'Write how often, such as "2 a day" or "3 a week".',
    "count": "Write a number.",
}


def target_in(text: str, unit: Unit) -> float:
    """The value in the number's unit. Errors: Invalid, with how to write it."""
    words = " ".join(text.split())
    if unit == "seconds":
        return _seconds(words)
    found = _NUMBER.fullmatch(words)
    if found is None or not _fits(found["rest"] or "", unit):
        raise _wrong(words, unit)
    value = float(found["value"])
    if found["rest"] == "%":
        value /= 100
    value /= _A.get(found["rest"] or "", 1)
    if not math.isfinite(value) or (unit == "ratio" and value > 1):
        raise _wrong(words, unit)
    return value


def _seconds(words: str) -> float:
    try:
        return parse_duration(words.replace(" ", "").replace("min", "m"), _LONGEST).total_seconds()
    except Invalid:
        raise _wrong(words, "seconds") from None


def _fits(rest: str, unit: Unit) -> bool:
    return {"": unit in {"per day", "count", "ratio"}, "%": unit == "ratio"}.get(rest, unit == "per day")


def _wrong(words: str, unit: Unit) -> Invalid:
    return Invalid(Problem(where="target", message=f'"{words[:40]}" is no value of this number.', remedy=_LIKE[unit]))
