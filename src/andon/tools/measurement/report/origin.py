"""Where a report is from, in sentences: what was read, which tags were taken and which not, by whose definitions."""

from __future__ import annotations

from collections.abc import Iterator

from andon.kernel.words import plural
from andon.tools.measurement.answers.records import NumbersReport, RepositorySource
from andon.tools.measurement.report.words import day

_EXAMPLES, _OTHERS = 3, 8


def origin(it: NumbersReport) -> Iterator[str]:
    """Sentence by sentence."""
    if it.source:
        yield from _read_from(it.source)
    yield f"Definitions: {it.question.definition}. {' '.join(it.notes[:1])}".strip()
    yield from it.notes[1:]


def _read_from(source: RepositorySource) -> Iterator[str]:
    """What was read, which tags were taken, and which were not."""
    yield (
        f"{plural(source.commits, 'commit')} and {plural(source.releases, 'release')} from {day(source.first.at)}"
        f" to {day(source.last.at)} in {source.where}; trunk: {source.trunk or 'unknown'}."
    )
    taken = ", ".join(f"{one.shape} ({one.tags:,})" for one in source.taken[:_EXAMPLES])
    more = f" and {len(source.taken) - _EXAMPLES} more shapes" if len(source.taken) > _EXAMPLES else ""
    yield f"Tags taken as releases: {taken}{more}."
    for one in source.left_out:
        names = ", ".join(one.examples[:_EXAMPLES]) + (", …" if one.tags > _EXAMPLES else "")
        yield f"Not taken: {plural(one.tags, 'tag')} ({names}): {one.reason}."
    if source.others:
        others = ", ".join(f"{one.service} ({one.tags:,})" for one in source.others[:_OTHERS])
        yield f"Other parts of it have releases of their own: {others}. Choose one with --service NAME."
