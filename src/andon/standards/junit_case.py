"""One test case of a JUnit report: from its element, or its suite's attributes, to how it ended. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from andon.standards.xml_text import FILLER

MOST_MESSAGE = 4_000  #: characters that are kept
MOST_NAME = 500  #: characters that are kept
_LONGEST = timedelta(days=7)

CaseOutcome = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRun:
    """One test case and how it ended."""

    #: "tests.test_total" or "pkg/total"; "" when the runner says none
    classname: str
    name: str
    outcome: CaseOutcome
    #: failed and then passed in the same run
    flaky: bool = False
    took: timedelta = timedelta()
    #: why it did not pass, cut
    message: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.classname}::{self.name}" if self.classname else self.name


@dataclass(slots=True)
class OpenCase:
    """A case whose element has not ended yet."""

    attributes: dict[str, str]
    depth: int
    #: what the runner said, by element; the first of each counts
    told: dict[str, str] = field(default_factory=dict)


def case_run(case: OpenCase) -> CaseRun:
    """What the element says about the case."""
    outcome = _outcome(case)
    why = next((case.told[tag] for tag in _TOLD_BY[outcome] if tag in case.told), "")
    return CaseRun(
        classname=plain(case.attributes.get("classname", ""), MOST_NAME),
        name=plain(case.attributes.get("name", ""), MOST_NAME),
        outcome=outcome,
        flaky=outcome == "passed" and bool(case.told),
        took=_duration(case.attributes.get("time", "")),
        message=plain(why, MOST_MESSAGE).strip(),
    )


def plain(text: str, most: int) -> str:
    """The text without control characters and the colours that begin with them."""
    text = text[:most]
    return _COLOUR.sub("", _FILLERS.sub(FILLER, text)) if FILLER in text else text


_FILLERS = re.compile(FILLER + "+")
_COLOUR = re.compile(FILLER + r"(?:\[[0-9;?]{0,32}[@-~])?")

#: elements of a case that say how it ended, by what they say; rerunFailure stands beside a failure, and a case with
#: only flakyFailure passed in the end
_TOLD_BY: dict[CaseOutcome, tuple[str, ...]] = {
    "error": ("error",),
    "failed": ("failure", "rerunFailure", "rerunError"),
    "skipped": ("skipped",),
    "passed": ("flakyFailure", "flakyError"),
}
TELLING = frozenset(tag for tags in _TOLD_BY.values() for tag in tags)


#: words of the attributes `status` and `result` of runners that write no element
_STATUS: dict[str, CaseOutcome] = {
    **dict.fromkeys(("fail", "failed", "failure", "broken"), "failed"),
    **dict.fromkeys(("error", "errored"), "error"),
    **dict.fromkeys(("skipped", "notrun", "disabled", "ignored", "suppressed"), "skipped"),
}


def _outcome(case: OpenCase) -> CaseOutcome:
    for outcome, tags in _TOLD_BY.items():
        if any(tag in case.told for tag in tags):
            return outcome
    words = (case.attributes.get(name, "").lower() for name in ("status", "result"))
    return next((_STATUS[word] for word in words if word in _STATUS), "passed")


def claimed(attributes: dict[str, str]) -> tuple[tuple[CaseOutcome, int], ...]:
    """How many cases ended in which way, as a suite's attributes say."""
    failed, errors = _number(attributes, "failures"), _number(attributes, "errors")
    skipped = _number(attributes, "skipped") + _number(attributes, "disabled")
    passed = max(0, _number(attributes, "tests") - failed - errors - skipped)
    counts: tuple[tuple[CaseOutcome, int], ...] = (
        ("passed", passed),
        ("failed", failed),
        ("error", errors),
        ("skipped", skipped),
    )
    return tuple((outcome, number) for outcome, number in counts if number)


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) <= 9 else 0


def _duration(text: str) -> timedelta:
    """Seconds, also with thousands separated as surefire does; nothing when it is no number."""
    try:
        seconds = float(text.replace(",", ""))
    except ValueError:
        return timedelta()
    good = math.isfinite(seconds) and 0 <= seconds < _LONGEST.total_seconds()
    return timedelta(seconds=seconds) if good else timedelta()
