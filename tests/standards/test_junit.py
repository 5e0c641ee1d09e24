"""JUnit reports of many runners are read alike."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards import junit
from andon.standards.junit import read_junit

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
        (b"", "no element"),
        (b"<testsuites>", "no XML"),
        (b"\x00\xff", "no XML"),
        (b"<html><body/></html>", "begins with <html>"),
        (b'<!DOCTYPE t [<!ENTITY a "b">]><testsuites>&a;</testsuites>', "DOCTYPE"),
        (b'<!DOCTYPE t SYSTEM "http://127.0.0.1/x"><testsuites/>', "DOCTYPE"),
        (b"<testsuites>&a;</testsuites>", "undefined entity"),
        (b"<testsuite>" * 40 + b"</testsuite>" * 40, "deep"),
        (b"<?xml version='1.0' encoding='nope'?><testsuite/>", "unknown encoding"),
    ],
)
def test_what_is_no_report_is_invalid(document: bytes, why: str) -> None:
    """With the reason; nothing is fetched and nothing expanded."""
    with pytest.raises(Invalid, match=why):
        read_junit(document, "out/unit.xml")


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
