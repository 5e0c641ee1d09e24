"""Finds the reports that a task wrote, confined to its own files, and adds them up."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from andon.kernel.errors import Invalid, Problem
from andon.standards.junit import MAX_BYTES, Report, Unreadable, read_junit
from andon.tools.pipelines.model.reuse import matches
from andon.tools.pipelines.model.run_state import TestCounts

MOST_FILES = 2000
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
        if not any(matches(str(path.relative_to(folder)), (glob,)) for path in files):
            raise Invalid(Problem(where=glob, message="the task wrote no such file."))
    if len(files) > MOST_FILES:
        raise Invalid(f"{len(files)} report files are more than the {MOST_FILES} that are read.")
    warnings: list[str] = []
    return _together([_report(path, folder, warnings) for path in files], warnings)


def _report(path: Path, folder: Path, warnings: list[str]) -> Report:
    """The report, or as much of it as can be read, with what is wrong noted."""
    try:
        return read_junit(_content(path), path.relative_to(folder).as_posix())
    except Unreadable as error:
        warnings.append(str(error))
        return error.before


def _together(reports: list[Report], warnings: list[str]) -> TestCounts:
    names = [name[:_LONGEST_NAME] for report in reports for name in report.failures]
    return TestCounts(
        passed=sum(report.count("passed") for report in reports),
        failed=sum(report.count("failed", "error") for report in reports),
        skipped=sum(report.count("skipped") for report in reports),
        failures=tuple(names[:MOST_NAMES]),
        warnings=tuple(warnings[:MOST_NAMES]),
    )


def _files(folder: Path, globs: tuple[str, ...]) -> Iterator[Path]:
    """Plain files that match; links are not followed, so that nothing outside can be read."""
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = Path(here, name)
            if matches(path.relative_to(folder).as_posix(), globs) and path.is_file() and not path.is_symlink():
                yield path


def _content(path: Path) -> bytes:
    """One byte more than is read at most, so that a larger file is noticed."""
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(opened, "rb") as report:
        return report.read(MAX_BYTES + 1)
