"""JUnit XML as test runners write it: suites, cases, and how each ended.

There is no one schema. Read here are the dialects of pytest, Maven surefire (with flakyFailure, rerunFailure),
gotestsum, jest-junit and their like; counts are of the cases themselves, because the attributes of suites are often
wrong, and of the attributes only where a suite has no cases.
Source: https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd, and what runners write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from andon.kernel.errors import Invalid, Problem
from andon.standards.junit_case import (
    MOST_MESSAGE,
    MOST_NAME,
    TELLING,
    CaseOutcome,
    CaseRun,
    OpenCase,
    case_run,
    claimed,
    plain,
)
from andon.standards.xml_text import XmlText

#: of one report; a larger one is no report that a person reads
MAX_BYTES = 64 * 1024 * 1024

_MAX_DEPTH = 32  #: elements inside each other
_MAX_ELEMENTS = 3_000_000
_MAX_CASES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRun:
    """One suite with the cases that stand directly in it."""

    name: str
    cases: tuple[CaseRun, ...]
    #: how many ended in which way, from its attributes; only of a suite that names no cases
    claimed: tuple[tuple[CaseOutcome, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All suites of one file."""

    suites: tuple[SuiteRun, ...]

    @property
    def cases(self) -> Iterator[CaseRun]:
        return (case for suite in self.suites for case in suite.cases)

    def count(self, *outcomes: CaseOutcome) -> int:
        """How many cases ended in one of these ways."""
        claimed = sum(number for suite in self.suites for outcome, number in suite.claimed if outcome in outcomes)
        return claimed + sum(case.outcome in outcomes for case in self.cases)

    @property
    def failures(self) -> tuple[str, ...]:
        """Full names of the cases that failed, in the order of the file; a suite's where it names no cases."""
        claimed = (suite.name for suite in self.suites if {"failed", "error"} & {what for what, _ in suite.claimed})
        return (*(case.full_name for case in self.cases if case.outcome in {"failed", "error"}), *claimed)


class Unreadable(Invalid):
    """A report that is not, or only partly, what it should be; names the file, the line and the byte."""

    def __init__(self, problem: Problem, before: Report) -> None:
        super().__init__(problem)
        #: what stands before the fault; a runner that was killed in the middle of a report had counted that far
        self.before = before


def read_junit(document: bytes, file: str = "report") -> Report:
    """The report in a file.

    Errors: Unreadable when it is too large, no XML, declares entities, or is no JUnit report.
    """
    reading, text = _Reading(), XmlText.of(document[: MAX_BYTES + 1])
    parser = _parser_for(reading)
    try:
        if len(document) > MAX_BYTES:
            raise _RefusedError(f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
        if text.start >= text.end:
            raise _RefusedError("it is empty (0 bytes)" if not document else "it has nothing but blanks")
        _parse(text, parser)
    except _RefusedError as error:
        line, byte = text.place(max(0, parser.CurrentByteIndex))
        message = f"this report cannot be read: {error}."
    except expat.ExpatError as error:
        line, byte = text.place(parser.ErrorByteIndex)
        message = f"this is no XML: {expat.ErrorString(error.code)}."
    else:
        return reading.report()
    raise Unreadable(Problem(where=f"{file}:{line} (byte {byte})", message=message), reading.report())


class _RefusedError(Exception):
    """Why a report is not read."""


@dataclass(slots=True)
class _OpenSuite:
    name: str
    #: <testsuites>, which is shown only when cases stand directly in it
    is_collection: bool
    attributes: dict[str, str]
    cases: list[CaseRun] = field(default_factory=list)
    has_suites: bool = False

    def as_run(self) -> SuiteRun:
        claims = () if self.cases or self.has_suites else claimed(self.attributes)
        return SuiteRun(name=self.name, cases=tuple(self.cases), claimed=claims)


class _Reading:
    """One pass over a report; keeps the cases and nothing else, so that its size stays the size of the result."""

    def __init__(self) -> None:
        self.suites: list[_OpenSuite] = []
        self._open: list[_OpenSuite] = []
        self._path: list[str] = []
        self._case: OpenCase | None = None
        self._telling = ""
        self._elements = 0
        self._cases = 0

    def down(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = name.rpartition(":")[2]
        self._judge(tag)
        self._path.append(tag)
        if self._case is not None:
            if len(self._path) == self._case.depth + 1 and tag in TELLING and tag not in self._case.told:
                self._case.told[tag] = attributes.get("message", "")[:MOST_MESSAGE]
                self._telling = "" if self._case.told[tag] else tag
        elif tag == "testcase":
            self._case = OpenCase(attributes, len(self._path))
        elif tag in {"testsuite", "testsuites"}:
            self._open_suite(tag, attributes)
        elif tag in {"error", "failure"} and self._path[-2] in {"testsuite", "testsuites"}:
            # the suite itself broke, before or after its cases
            self._case = OpenCase({"name": self._open[-1].name or "suite"}, len(self._path), told={tag: ""})
            self._case.told[tag] = attributes.get("message", "")[:MOST_MESSAGE]
            self._telling = "" if self._case.told[tag] else tag

    def up(self, name: str) -> None:
        """An element ends."""
        tag = self._path.pop()
        self._telling = ""
        if self._case is not None and len(self._path) + 1 == self._case.depth:
            self._keep(case_run(self._case))
            self._case = None
        elif self._case is None and tag in {"testsuite", "testsuites"}:
            self._open.pop()

    def text(self, text: str) -> None:
        """Text between elements: kept only where the runner says why, and only its beginning."""
        if self._case is not None and self._telling:
            said = self._case.told[self._telling]
            if len(said) < MOST_MESSAGE:
                self._case.told[self._telling] = (said + text)[:MOST_MESSAGE]

    def refuse_declaration(self, *_: object) -> None:
        """A DOCTYPE is read; what it could let grow or fetch is not."""
        raise _RefusedError("its DOCTYPE declares entities or attributes")

    def report(self) -> Report:
        """What was read so far."""
        return Report(suites=tuple(suite.as_run() for suite in self.suites))

    def _open_suite(self, tag: str, attributes: dict[str, str]) -> None:
        name = plain(attributes.get("name", ""), MOST_NAME)
        suite = _OpenSuite(name=name, is_collection=tag == "testsuites", attributes=attributes)
        if self._open:
            self._open[-1].has_suites = True
        self._open.append(suite)
        if not suite.is_collection:
            self.suites.append(suite)

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
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.EntityDeclHandler = reading.refuse_declaration
    parser.AttlistDeclHandler = reading.refuse_declaration
    parser.StartElementHandler = reading.down
    parser.EndElementHandler = reading.up
    parser.CharacterDataHandler = reading.text
    return parser


def _parse(text: XmlText, parser: expat.XMLParserType) -> None:
    """In pieces, because the parser copies what it is given."""
    for piece in text.pieces():
        parser.Parse(piece)
    parser.Parse(b"", True)  # noqa: FBT003  # expat takes no keywords; this is the end
