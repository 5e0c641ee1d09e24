"""What a task's reports mean for its outcome: a failed test fails the task, unless its pipeline file says otherwise."""

from __future__ import annotations

from dataclasses import replace

from andon.tools.pipelines.model.pipeline import TaskSpec
from andon.tools.pipelines.model.run_state import TestCounts


def judged(spec: TaskSpec, tests: TestCounts) -> tuple[str, TestCounts]:
    """Why the reports fail the task, "" when they do not; and the counts with every warning that there is."""
    ran = tests.passed + tests.failed
    if tests.failed and not spec.reports_advisory:
        return _failed(tests), tests
    if spec.reports_minimum and tests.warnings:
        return tests.warnings[0], tests
    if ran < spec.reports_minimum:
        return f"{_count(ran)} ran, and reports.minimum is {spec.reports_minimum}", tests
    if tests.failed:
        tests = replace(tests, warnings=(f"{_failed(tests)}; reports.advisory lets the task pass", *tests.warnings))
    return "", tests


def _failed(tests: TestCounts) -> str:
    named = f": {tests.failures[0]}" if tests.failures else ""
    more = f" and {tests.failed - 1} more" if named and tests.failed > 1 else ""
    return f"{_count(tests.failed)} failed{named}{more}"


def _count(number: int) -> str:
    return f"{number or 'no'} test{'' if number == 1 else 's'}"
