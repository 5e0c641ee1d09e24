"""JUnit reports of many runners are read alike."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import process_time
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards import junit
from andon.standards.junit import Unreadable, read_junit

VECTORS = Path(__file__).parents[3] / "shared/vectors/reports"

PYTEST = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.10">
<testcase classname="tests.test_total" name="test_adds" time="0.001" />
<testcase classname="tests.test_total" name="test_rounds[1]" time="0.002"><failure message="assert 1 == 2">def test():
&gt;  assert 1 == 2</failure></testcase>
<testcase classname="tests.test_total" name="test_later" time="0.000">
  <skipped type="pytest.skip" message="no podman">x</skipped></testcase>
<testcase classname="tests.test_io" name="test_reads" time="0.5">
  <error message="failed on setup with &quot;OSError&quot;">trace</error></testcase>
</testsuite></testsuites>"""

SUREFIRE = b"""<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="org.shop.TotalTest" time="1,234.5" tests="3">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="adds" classname="org.shop.TotalTest" time="1,234.5"/>
  <testcase name="flickers" classname="org.shop.TotalTest" time="0.1">
    <flakyFailure message="expected 1" type="AssertionError"><stackTrace>at org.shop</stackTrace></flakyFailure>
  </testcase>
  <testcase name="fails" classname="org.shop.TotalTest" time="0.1">
    <failure message="first"><![CDATA[at org.shop]]></failure>
    <rerunFailure message="second"><stackTrace>again</stackTrace></rerunFailure>
    <system-out><![CDATA[much text]]></system-out>
  </testcase>
</testsuite>"""

GOTESTSUM = b"""<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" time="0.3">
  <testsuite tests="2" failures="1" time="0.002" name="shop/total" timestamp="2026-01-01T00:00:00Z">
    <properties><property name="go.version" value="go1.25"></property></properties>
    <testcase classname="shop/total" name="TestAdds" time="0.000000"></testcase>
    <testcase classname="shop/total" name="TestRounds/half" time="0.000000">
      <failure message="Failed" type="">=== RUN   TestRounds</failure>
    </testcase>
  </testsuite>
  <testsuite tests="0" failures="0" time="0" name="shop/empty"></testsuite>
</testsuites>"""

JEST = b"""<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="2" failures="1" errors="0" time="1.2">
  <testsuite name="totals" errors="0" failures="1" skipped="1" timestamp="2026-01-01T00:00:00" time="0.9" tests="2">
    <testcase classname="totals rounds" name="totals rounds" time="0.004"><failure>Error: expect(received)
    at Object</failure></testcase>
    <testcase classname="totals later" name="totals later" time="0"><skipped/></testcase>
  </testsuite>
</testsuites>"""


def test_pytest() -> None:
    """Failures, errors of fixtures, and skips with their reasons."""
    report = read_junit(PYTEST)
    assert [case.outcome for case in report.cases] == ["passed", "failed", "skipped", "error"]
    assert report.failures == ("tests.test_total::test_rounds[1]", "tests.test_io::test_reads")
    assert [case.message for case in report.cases][1:3] == ["assert 1 == 2", "no podman"]
    assert report.count("failed", "error") == 2


def test_surefire() -> None:
    """A suite alone; a flaky test passed; a test that failed again failed once; thousands have commas."""
    report = read_junit(SUREFIRE)
    adds, flickers, fails = report.cases
    assert report.suites[0].name == "org.shop.TotalTest"
    assert adds.took == timedelta(seconds=1234.5)
    assert (flickers.outcome, flickers.flaky, flickers.message) == ("passed", True, "expected 1")
    assert (fails.outcome, fails.flaky, fails.message) == ("failed", False, "first")


def test_gotestsum() -> None:
    """One suite for each package, also when it has no tests."""
    report = read_junit(GOTESTSUM)
    assert [(suite.name, len(suite.cases)) for suite in report.suites] == [("shop/total", 2), ("shop/empty", 0)]
    assert report.failures == ("shop/total::TestRounds/half",)


def test_jest() -> None:
    """The message is the text when the element has no attribute for it."""
    report = read_junit(JEST)
    assert [case.outcome for case in report.cases] == ["failed", "skipped"]
    assert next(report.cases).message.startswith("Error: expect(received)\n")


def test_suites_inside_suites_and_cases_without_one() -> None:
    """Each case belongs to the suite it stands in directly."""
    inner = b"<testsuite name='s'><testsuite name='t'><testcase name='b'/></testsuite></testsuite>"
    text = b"<testsuites><testcase name='a'/>" + inner + b"</testsuites>"
    report = read_junit(text)
    assert [(suite.name, [case.name for case in suite.cases]) for suite in report.suites] == [
        ("", ["a"]),
        ("s", []),
        ("t", ["b"]),
    ]


def test_what_a_test_prints_is_not_its_result() -> None:
    """Elements deeper in a case say nothing about it."""
    inner = b"<properties><failure/></properties><system-out>x</system-out>"
    text = b"<testsuite><testcase name='a'>" + inner + b"</testcase></testsuite>"
    assert read_junit(text).count("passed") == 1


def test_times_that_are_none_are_nothing() -> None:
    """Runners write what they like."""
    for time in ("", "x", "nan", "-1", "inf", "1e30"):
        assert next(read_junit(f"<testsuite><testcase time='{time}'/></testsuite>".encode()).cases).took == timedelta()


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", r"empty \(0 bytes\)"),
        (b" \n\x00\n", "nothing but blanks"),
        (b"<testsuites>", "no XML"),
        (b"\x00\xff", "no XML"),
        (b"<html><body/></html>", "begins with <html>"),
        (b'<!DOCTYPE t [<!ENTITY a "b">]><testsuites>&a;</testsuites>', "DOCTYPE declares"),
        (b'<!DOCTYPE t [<!ENTITY % a SYSTEM "http://127.0.0.1/x">%a;]><testsuites/>', "DOCTYPE declares"),
        (b'<!DOCTYPE t [<!ATTLIST testcase name CDATA "long">]><testsuites/>', "DOCTYPE declares"),
        (b"<testsuites>&a;</testsuites>", "undefined entity"),
        (b"<testsuite>" * 40 + b"</testsuite>" * 40, "deep"),
    ],
)
def test_what_is_no_report_is_invalid(document: bytes, why: str) -> None:
    """With the reason; nothing is fetched and nothing expanded."""
    with pytest.raises(Invalid, match=why):
        read_junit(document, "out/unit.xml")


_FAILED = '<testsuite name="s"><testcase name="{}"><failure message="{}"/></testcase></testsuite>'
_DECLARED = '<?xml version="1.0" encoding="{}"?>\n'


@pytest.mark.parametrize(
    "document",
    [
        b"\xef\xbb\xbf" + _FAILED.format("é", "no").encode(),
        b"\r\n\n \x00" + (_DECLARED.format("UTF-8") + _FAILED.format("é", "no")).encode() + b"\x00\n\x1b",
        _FAILED.format("é", "no").encode("latin-1"),
        (_DECLARED.format("UTF-8") + _FAILED.format("é", "no")).encode("latin-1"),
        (_DECLARED.format("ISO-8859-1") + _FAILED.format("é", "no")).encode("latin-1"),
        (_DECLARED.format("ISO-8859-1") + _FAILED.format("é", "no")).encode(),
        (_DECLARED.format("windows-1250") + _FAILED.format("é", "no")).encode("cp1250"),
        (_DECLARED.format("UTF-16") + _FAILED.format("é", "no")).encode("utf-16"),
        (_DECLARED.format("UTF-16") + _FAILED.format("é", "no")).encode("utf-16-be"),
        (_DECLARED.format("UTF-16") + _FAILED.format("é", "no")).encode(),
        (_DECLARED.format("zip") + _FAILED.format("é", "no")).encode("latin-1"),
        ("<!DOCTYPE testsuite>" + _FAILED.format("é", "no")).encode(),
        ('<!DOCTYPE testsuite SYSTEM "http://127.0.0.1/x.dtd">' + _FAILED.format("é", "no")).encode(),
        _FAILED.format("\x1b[1;31mé\x1b[0m", "\x00n\x07o").encode(),
        _FAILED.format("&#27;[31mé&#x1B;[0m", "&#0;n&#xFFFE;o\ufffe").encode(),
    ],
)
def test_what_runners_write_is_read(document: bytes) -> None:
    """Encodings that are not declared or declared wrongly, control characters, blank lines, a DOCTYPE."""
    (case,) = read_junit(document).cases
    assert (case.name, case.outcome, case.message) == ("é", "failed", "no")


def test_a_reference_at_the_edge_of_a_piece_is_mended() -> None:
    """The document is read in pieces of 1 MiB."""
    head, tail = b"<testsuite><testcase name='", b"&#27;[31mred'/></testsuite>"
    for before in range((1 << 20) - len(head) - 8, (1 << 20) - len(head) + 2):
        (case,) = read_junit(head + b" " * before + tail).cases
        assert case.outcome == "passed"


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (b"<testsuite>\n<testcase name='a'>\n</testsuite>", "out/unit.xml:3 (byte 34)"),
        (b"\n\n<testsuite>\n\x1b</testcase>", "out/unit.xml:4 (byte 17)"),
        ("<testsuite>\n<testcase name='é'>\n</testsuite>".encode("latin-1"), "out/unit.xml:3 (byte 34)"),
        ("<testsuite>\n</testcase>".encode("utf-16"), "out/unit.xml:2 (byte 30)"),
        (b"<testsuites>\n<a>&#1;</b></testsuites>", "out/unit.xml:2 (byte 22)"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(document: bytes, where: str) -> None:
    """File, line and byte of the file itself, whatever was mended before."""
    with pytest.raises(Unreadable) as caught:
        read_junit(document, "out/unit.xml")
    assert caught.value.problems[0].where == where


def test_a_report_that_ends_in_the_middle_has_counted_so_far() -> None:
    """A runner that was killed may have written a failure before."""
    with pytest.raises(Unreadable) as caught:
        read_junit(PYTEST[:600])
    assert caught.value.before.failures == ("tests.test_total::test_rounds[1]",)


def test_failures_without_a_case_count() -> None:
    """A suite's attributes where it names no cases; a suite that broke by itself; an outcome that is an attribute."""
    text = b"""<testsuites><testsuite name="a" tests="6" failures="1" skipped="2"/>
    <testsuite name="b"><error message="setup"/></testsuite>
    <testsuite name="c"><testcase name="d" status="failed"/><testcase name="e" result="suppressed"/></testsuite>
    <testsuite name="f" failures="9"><testsuite name="g"><testcase name="h"/></testsuite></testsuite></testsuites>"""
    report = read_junit(text)
    assert [report.count(what) for what in ("passed", "failed", "error", "skipped")] == [4, 2, 1, 3]
    assert report.failures == ("b", "d", "a")


@pytest.mark.parametrize("unit", [b"&#1;", b"\x1b", b"\xff", b"<testcase name='\x7f\x7f['/>", b"&", b"<a b='c'/>"])
def test_reading_is_linear(unit: bytes) -> None:
    """Ten times as much costs at most fifteen times as much."""
    documents = [b"<testsuite>" + unit * number + b"</testsuite>" for number in (5_000, 50_000)]
    small, large = (min(_seconds(document) for _ in range(3)) for document in documents)
    assert large < 15 * max(small, 0.002)


def _seconds(document: bytes) -> float:
    began = process_time()
    with suppress(Invalid):
        read_junit(document)
    return process_time() - began


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the shared reports are not on this machine")
def test_reports_of_many_producers() -> None:
    """Each counts what a public collection of reports says."""
    for expected in sorted(VECTORS.glob("tests/junit-xml/**/*.results.json")):
        stats = json.loads(expected.read_text())["stats"]
        report = read_junit(expected.with_name(expected.name.replace(".results.json", ".xml")).read_bytes())
        counts = [report.count(what) for what in ("passed", "failed", "error", "skipped")]
        assert counts == [stats[f"runs_{word}"] for word in ("succ", "fail", "error", "skip")], expected


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the shared reports are not on this machine")
def test_reports_of_known_bugs_are_read() -> None:
    """Every one has cases and none is refused."""
    for report in sorted(VECTORS.glob("jenkins-junit/**/*.xml")):
        assert list(read_junit(report.read_bytes(), report.name).cases), report


@pytest.mark.parametrize(("limit", "document"), [("_MAX_CASES", b"<testcase/>"), ("_MAX_ELEMENTS", b"<a/>")])
def test_nothing_grows_without_limit(limit: str, document: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report with too much in it is refused before it is in memory."""
    monkeypatch.setattr(junit, limit, 100)
    with pytest.raises(Invalid, match="more than 100"):
        read_junit(b"<testsuite>" + document * 200 + b"</testsuite>")


def test_a_huge_file_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 MiB, or what a test says."""
    monkeypatch.setattr(junit, "MAX_BYTES", 10)
    with pytest.raises(Invalid, match="larger than"):
        read_junit(JEST)


def test_long_messages_are_cut() -> None:
    """The log has the rest."""
    text = b"<testsuite><testcase><failure>" + b"x" * 3_000_000 + b"</failure></testcase></testsuite>"
    assert len(next(read_junit(text).cases).message) == 4000


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=20
)
_CASES = st.lists(st.tuples(_TEXT, _TEXT, st.sampled_from(["passed", "failure", "error", "skipped"])), max_size=8)


@given(_CASES)
def test_every_case_is_counted_once(cases: list[tuple[str, str, str]]) -> None:
    """Whatever their names are."""
    ends = {"passed": "", "failure": "<failure/>", "error": "<error/>", "skipped": "<skipped/>"}
    inner = "".join(
        f"<testcase classname={quoteattr(of)} name={quoteattr(name)}>{ends[end]}</testcase>" for of, name, end in cases
    )
    report = read_junit(f"<testsuites><testsuite>{inner}</testsuite></testsuites>".encode())
    words = {"failure": "failed"}
    assert [(case.classname, case.name, case.outcome) for case in report.cases] == [
        (of, name, words.get(end, end)) for of, name, end in cases
    ]


@given(st.binary(max_size=300), st.integers(0, len(SUREFIRE)))
def test_any_bytes_are_a_report_or_invalid(noise: bytes, at: int) -> None:
    """Nothing else ever comes out."""
    for document in (noise, SUREFIRE[:at] + noise + SUREFIRE[at:], SUREFIRE[:at]):
        with suppress(Invalid):
            read_junit(document)
