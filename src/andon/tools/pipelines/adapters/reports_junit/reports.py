"""Finds the reports that a task wrote, confined to its own files, and adds them up."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from andon.kernel.errors import Invalid, Problem
from andon.kernel.sizes import print_size
from andon.standards.junit import MAX_BYTES, Report, Unreadable, read_junit
from andon.tools.pipelines.model.patterns import parse_pattern
from andon.tools.pipelines.model.run_state import TestCounts

MOST_FILES = 2000
MOST_BYTES = 2 * MAX_BYTES  #: of all reports of a task together
MOST_NAMES = 20
_LONGEST_NAME = 200


class JunitReports:
    """Reports over a folder that a task wrote to; nothing in it is trusted."""

    async def read(self, folder: str, globs: tuple[str, ...]) -> TestCounts:
        """All reports together."""
        return await asyncio.to_thread(_read_all, Path(folder), globs)


def _read_all(folder: Path, globs: tuple[str, ...]) -> TestCounts:
    files = sorted(_files(folder, globs))
    for glob in globs:
        pattern = parse_pattern(glob)
        if not any(pattern.matches(path.relative_to(folder).as_posix()) for path in files):
            raise Invalid(Problem(where=glob, message="the task wrote no such file."))
    if len(files) > MOST_FILES:
        raise Invalid(f"{len(files)} report files are more than the {MOST_FILES} that are read.")
    counted, warnings = TestCounts(passed=0, failed=0, skipped=0), list[str]()
    for path in _once(files):
        counted = _with(counted, _report(path, folder, warnings))
    return replace(counted, warnings=tuple(warnings[:MOST_NAMES]))


def _once(files: list[Path]) -> Iterator[Path]:
    """Each file under the first of its names: hard links are one report. Errors: Invalid when they are too much."""
    seen: set[tuple[int, int]] = set()
    left = MOST_BYTES
    for path in files:
        status = path.lstat()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        left -= status.st_size
        if left < 0:
            raise Invalid(f"its reports have more than {print_size(MOST_BYTES)} together, and so much is read at most.")
        yield path


def _report(path: Path, folder: Path, warnings: list[str]) -> Report:
    """The report, or as much of it as can be read, with what is wrong noted."""
    try:
        return read_junit(_content(path), _shown(path.relative_to(folder)))
    except Unreadable as error:
        warnings.append(str(error))
        return error.before


def _with(counted: TestCounts, report: Report) -> TestCounts:
    """The counts with one more report, of which nothing else is kept."""
    failed = [case for case in report.cases if case.outcome in {"failed", "error"}][:MOST_NAMES]
    messages = (next(iter(case.message.splitlines()), "")[:_LONGEST_NAME] for case in failed)
    return TestCounts(
        passed=counted.passed + report.count("passed"),
        failed=counted.failed + report.count("failed", "error"),
        skipped=counted.skipped + report.count("skipped"),
        failures=(*counted.failures, *(case.full_name[:_LONGEST_NAME] for case in failed))[:MOST_NAMES],
        messages=(*counted.messages, *messages)[:MOST_NAMES],
    )


def _files(folder: Path, globs: tuple[str, ...]) -> Iterator[Path]:
    """Plain files that match; links are not followed, so that nothing outside can be read."""
    patterns = [parse_pattern(glob) for glob in globs]
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = Path(here, name)
            name_in = path.relative_to(folder).as_posix()
            if any(one.matches(name_in) for one in patterns) and path.is_file() and not path.is_symlink():
                yield path


def _shown(path: Path) -> str:
    """Its name in messages, where what is no UTF-8 in it is U+FFFD."""
    return os.fsencode(path).decode(errors="replace")


def _content(path: Path) -> bytes:
    """One byte more than is read at most, so that a larger file is noticed."""
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(opened, "rb") as report:
        return report.read(MAX_BYTES + 1)
