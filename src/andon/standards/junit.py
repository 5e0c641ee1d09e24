"""JUnit XML as test runners write it: suites, cases, and how each ended.

There is no one schema. Read here are the dialects of pytest, Maven surefire (with flakyFailure, rerunFailure),
gotestsum and jest-junit; counts are of the cases themselves, because the attributes of suites are often wrong.
Source: https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd, and what runners write.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from xml.parsers import expat

from andon.kernel.errors import Invalid, Problem

#: of one report; a larger one is no report that a person reads
MAX_BYTES = 64 * 1024 * 1024

_MAX_DEPTH = 32  #: elements inside each other
_MAX_ELEMENTS = 3_000_000
_MAX_CASES = 200_000
_MAX_MESSAGE = 4_000  #: characters that are kept
_MAX_NAME = 500  #: characters that are kept
_PIECE = 1 << 20  #: bytes
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRun:
    """One suite with the cases that stand directly in it."""

    name: str
    cases: tuple[CaseRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All suites of one file."""

    suites: tuple[SuiteRun, ...]

    @property
    def cases(self) -> Iterator[CaseRun]:
        return (case for suite in self.suites for case in suite.cases)

    def count(self, *outcomes: CaseOutcome) -> int:
        """How many cases ended in one of these ways."""
        return sum(case.outcome in outcomes for case in self.cases)

    @property
    def failures(self) -> tuple[str, ...]:
        """Full names of the cases that failed, in the order of the file."""
        return tuple(case.full_name for case in self.cases if case.outcome in {"failed", "error"})


def read_junit(document: bytes, file: str = "report") -> Report:
    """The report in a file.

    Errors: Invalid when it is too large, no XML, has a DOCTYPE, or is no JUnit report.
    """
    reading = _Reading()
    try:
        if len(document) > MAX_BYTES:
            raise _RefusedError(f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
        _parse(document, _parser_for(reading))
    except _RefusedError as error:
        raise Invalid(Problem(where=file, message=f"this report is not read: {error}.")) from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Invalid(Problem(where=file, message=f"this is no XML: {error}.")) from None
    return Report(suites=tuple(SuiteRun(name=suite.name, cases=tuple(suite.cases)) for suite in reading.suites))


class _RefusedError(Exception):
    """Why a report is not read."""


@dataclass(slots=True)
class _OpenSuite:
    name: str
    #: <testsuites>, which is shown only when cases stand directly in it
    is_collection: bool
    cases: list[CaseRun] = field(default_factory=list)


@dataclass(slots=True)
class _OpenCase:
    attributes: dict[str, str]
    depth: int
    #: what the runner said, by element; the first of each counts
    told: dict[str, str] = field(default_factory=dict)


class _Reading:
    """One pass over a report; keeps the cases and nothing else, so that its size stays the size of the result."""

    def __init__(self) -> None:
        self.suites: list[_OpenSuite] = []
        self._open: list[_OpenSuite] = []
        self._path: list[str] = []
        self._case: _OpenCase | None = None
        self._telling = ""
        self._elements = 0
        self._cases = 0

    def down(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = name.rpartition(":")[2]
        self._judge(tag)
        self._path.append(tag)
        if self._case is not None:
            if len(self._path) == self._case.depth + 1 and tag in _TELLING and tag not in self._case.told:
                self._case.told[tag] = attributes.get("message", "")[:_MAX_MESSAGE]
                self._telling = "" if self._case.told[tag] else tag
        elif tag == "testcase":
            self._case = _OpenCase(attributes, len(self._path))
        elif tag in {"testsuite", "testsuites"}:
            self._open.append(_OpenSuite(attributes.get("name", "")[:_MAX_NAME], tag == "testsuites"))
            if tag == "testsuite":
                self.suites.append(self._open[-1])

    def up(self, name: str) -> None:
        """An element ends."""
        tag = self._path.pop()
        self._telling = ""
        if self._case is not None and len(self._path) + 1 == self._case.depth:
            self._keep(_case_run(self._case))
            self._case = None
        elif self._case is None and tag in {"testsuite", "testsuites"}:
            self._open.pop()

    def text(self, text: str) -> None:
        """Text between elements: kept only where the runner says why, and only its beginning."""
        if self._case is not None and self._telling:
            said = self._case.told[self._telling]
            if len(said) < _MAX_MESSAGE:
                self._case.told[self._telling] = (said + text)[:_MAX_MESSAGE]

    def refuse_doctype(self, *_: object) -> None:
        """Without a DOCTYPE no entity can be declared."""
        raise _RefusedError("it has a DOCTYPE")

    def _judge(self, tag: str) -> None:
        self._elements += 1
        if not self._path and tag not in {"testsuite", "testsuites"}:
            raise _RefusedError(f"a JUnit report begins with <testsuites>, this begins with <{tag[:60]}>")
        if len(self._path) >= _MAX_DEPTH:
            raise _RefusedError(f"elements stand more than {_MAX_DEPTH} deep in each other")
        if self._elements > _MAX_ELEMENTS:
            raise _RefusedError(f"it has more than {_MAX_ELEMENTS:,} elements")

    def _keep(self, case: CaseRun) -> None:
        suite = self._open[-1]
        if suite.is_collection and not suite.cases:
            self.suites.append(suite)
        suite.cases.append(case)
        self._cases += 1
        if self._cases > _MAX_CASES:
            raise _RefusedError(f"it has more than {_MAX_CASES:,} cases")


def _parser_for(reading: _Reading) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reading.refuse_doctype
    parser.StartElementHandler = reading.down
    parser.EndElementHandler = reading.up
    parser.CharacterDataHandler = reading.text
    return parser


def _parse(document: bytes, parser: expat.XMLParserType) -> None:
    """In pieces, because the parser copies what it is given."""
    for start in range(0, len(document), _PIECE):
        parser.Parse(document[start : start + _PIECE])
    parser.Parse(b"", True)  # noqa: FBT003  # expat takes no keywords; this is the end


def _case_run(case: _OpenCase) -> CaseRun:
    outcome = _outcome(case.told)
    why = next((case.told[tag] for tag in _TOLD_BY[outcome] if tag in case.told), "")
    return CaseRun(
        classname=case.attributes.get("classname", "")[:_MAX_NAME],
        name=case.attributes.get("name", "")[:_MAX_NAME],
        outcome=outcome,
        flaky=outcome == "passed" and bool(case.told),
        took=_duration(case.attributes.get("time", "")),
        message=why.strip(),
    )


#: elements of a case that say how it ended, by what they say; rerunFailure stands beside a failure, and a case with
#: only flakyFailure passed in the end
_TOLD_BY: dict[CaseOutcome, tuple[str, ...]] = {
    "error": ("error",),
    "failed": ("failure", "rerunFailure", "rerunError"),
    "skipped": ("skipped",),
    "passed": ("flakyFailure", "flakyError"),
}
_TELLING = frozenset(tag for tags in _TOLD_BY.values() for tag in tags)


def _outcome(told: dict[str, str]) -> CaseOutcome:
    return next((outcome for outcome, tags in _TOLD_BY.items() if any(tag in told for tag in tags)), "passed")


def _duration(text: str) -> timedelta:
    """Seconds, also with thousands separated as surefire does; nothing when it is no number."""
    try:
        seconds = float(text.replace(",", ""))
    except ValueError:
        return timedelta()
    good = math.isfinite(seconds) and 0 <= seconds < _LONGEST.total_seconds()
    return timedelta(seconds=seconds) if good else timedelta()
