"""What the search finds of pipelines: runs."""

from __future__ import annotations

from collections.abc import Iterator

from andon.tools.pipelines.views import Runs, RunSeen
from andon.web.finding import Findable
from andon.web.who import Who

LONGEST_NUMBER = 9  #: digits of a run's number
NEWEST = 500  #: runs among which those of branches are found


def find(typed: str, who: Who, /, runs: Runs) -> Iterator[Findable]:
    """A run by its number ("815", "run 815"); runs of branches, which no change leads to, by commit and subject."""
    number = typed.removeprefix("run").strip()
    if number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER and runs.knows(int(number)):
        yield _run(runs.get(int(number)), f"run {int(number)}", typed)
        return
    for run in runs.newest(NEWEST):
        if not run.trunk:
            yield _run(run, f"run {run.number} {run.subject}", run.commit)


def _run(run: RunSeen, words: str, id_: str) -> Findable:
    return Findable(words=words, address=f"/runs/{run.number}", kind=f"run of {run.repository}", ids=(id_,))
