"""Why a task failed, in a few lines: what its tests say, else the part of its log that looks like the cause.

Nobody can know which lines matter; these rules only choose what to show first, and the whole log stays one step away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from andon.standards.terminal_text import readable
from andon.tools.pipelines.model.run_state import TestCounts

MOST_LINES = 20
#: of a log that are looked at, from its end
TAIL_LINES = 200
_LONGEST = 200  #: characters of a line
_LAST_LINES = 10  #: when nothing looks like a cause
#: lines between two that look like a cause, which are still one block
_GAP = 6
_TRACEBACK = "Traceback (most recent call last):"
#: "error: …", "E   assert …", "--- FAIL: …", "panic: …", "npm ERR! …", "make: *** …", "fatal: …", "TypeError: …"
_CAUSE = re.compile(
    r"^\s*(?:\[?(?:error|fatal|panic|fail(?:ed|ure)?)\b|E  |--- FAIL|not ok\b|npm ERR!|\S*: \*\*\*)"
    r"|^\s*[A-Za-z_.]+(?:Error|Exception)\b"
    r"|\b(?:error|fatal)(?:\[\w+\])?:|: (?:command )?not found$|: No such file or directory",
    re.IGNORECASE,
)


def failing_lines(tests: TestCounts | None, tail: Sequence[str]) -> tuple[str, ...]:
    """The lines to show first of a task that failed, given the end of its log; at most so many."""
    if tests and any(tests.messages):
        told = zip(tests.failures, tests.messages, strict=False)
        return tuple(_cut(f"{name}: {message}" if message else name) for name, message in told)[:MOST_LINES]
    lines = [readable(line).rstrip() for line in tail[-TAIL_LINES:]]
    while lines and not lines[-1]:
        lines.pop()
    return tuple(_cut(line) for line in _traceback(lines) or _causes(lines) or lines[-_LAST_LINES:])


def _traceback(lines: Sequence[str]) -> list[str]:
    """The last traceback of Python, from its head to its error; a long one without its middle."""
    start = max((at for at, line in enumerate(lines) if line.endswith(_TRACEBACK)), default=None)
    if start is None:
        return []
    indent = len(lines[start]) - len(_TRACEBACK)
    end = start + 1
    while end < len(lines) and (lines[end][indent:].startswith(" ") or not lines[end]):
        end += 1
    block = list(lines[start : end + 1])
    return block if len(block) <= MOST_LINES else [block[0], "  …", *block[2 - MOST_LINES :]]


def _causes(lines: Sequence[str]) -> list[str]:
    """The last block of lines that look like a cause, from its first one on."""
    found = [at for at, line in enumerate(lines) if _CAUSE.search(line)]
    if not found:
        return []
    start = found[-1]
    for at in reversed(found):
        if start - at > _GAP:
            break
        start = at
    return list(lines[start : min(found[-1] + 4, start + MOST_LINES)])


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
