"""Values, intervals and times of a report in words: units always, and never more digits than the number has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from andon.kernel.words import plural

NO_DATA = "no data"
_FEW_DAYS = 3
_LENGTHS = (
    (86400 * 365.25 * 2, 86400 * 365.25, "years"),
    (86400 * 2, 86400, "days"),
    (3600, 3600, "h"),
    (60, 60, "min"),
)
#: a frequency is said in the unit in which it is at least 1
_TIMES = ((1.0, 1.0, "a day"), (1 / 7, 7.0, "a week"), (12 / 365.25, 365.25 / 12, "a month"), (0.0, 365.25, "a year"))


def value(number: float | None, unit: str) -> str:
    """A number for people: "12.9 h", "1.7 a day", "17.4 %", "0.8 EUR", "no data"."""
    if number is None:
        return NO_DATA
    if unit == "seconds":
        return _length(number)
    if unit == "per day":
        size, word = _frequency(number)
        return f"{_digits(number * size)} {word}"
    if unit == "ratio":
        return f"{_digits(number * 100)} %"
    return _digits(number) if unit in {"", "count"} else f"{_digits(number)} {unit}"


def interval(low: float, high: float, unit: str, of: float | None = None) -> str:
    """Both ends; a frequency in the unit of the value that it is the interval of: "1.6 to 1.9 a day"."""
    if unit == "per day":
        size, word = _frequency(high if of is None else of)
        return f"{_digits(low * size)} to {_digits(high * size)} {word}"
    first, second = value(low, unit), value(high, unit)
    number, _, word = first.partition(" ")
    return f"{number if second.endswith(f' {word}') else first} to {second}"


def day(at: datetime) -> str:
    """2025-03-01."""
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def minute(at: datetime) -> str:
    """2025-03-01 14:05."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def month(at: datetime) -> str:
    """Mar 2025."""
    return at.astimezone(UTC).strftime("%b %Y")


def window(begin: datetime, end: datetime) -> str:
    """Its first and last day: "2025-01-01 to 2025-12-31, 365 days"; instants where it is short."""
    days = (end - begin) / timedelta(days=1)
    length = plural(round(days), "day") if days >= _FEW_DAYS else _length(days * 86400)
    if days < _FEW_DAYS:
        return f"{minute(begin)} to {minute(end)} UTC, {length}"
    return f"{day(begin)} to {day(end - timedelta(microseconds=1))}, {length}"


def _length(seconds: float) -> str:
    for least, size, word in _LENGTHS:
        if abs(seconds) >= least:
            return f"{_digits(seconds / size)} {word}"
    return f"{_digits(seconds)} s"


def _frequency(per_day: float) -> tuple[float, str]:
    return next((size, word) for least, size, word in _TIMES if per_day >= least * 0.995)


def _digits(number: float) -> str:
    """Three digits that count, and no more after a point than that takes; an empty decimal is not printed."""
    if abs(number) >= 99.95:
        return f"{number:,.0f}"
    text = f"{number:.1f}" if abs(number) >= 9.995 else f"{number:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
