"""`andon measure` on ten years of a real service, from the command line to the last line of the report.

The history is publishing-api (10,398 commits, 3,397 release tags) where its figures are at hand, else as long a one.
The control is git itself, printing the same commits and tags.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from andon.testing.git_history import GitHistory

ROUNDS = 7
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "vectors" / "publishing-api"
COMMITS, RELEASES = 10_398, 3_397
BEGIN, END = 1_400_000_000, 1_787_000_000
FORMAT = "--format=%H%x00%P%x00%ct%x00%at%x00%an%x00%s"


def real() -> GitHistory:
    """publishing-api, rebuilt."""
    history = GitHistory()
    for commit, parents, authored, committed in parents_first():
        history.commit(commit, *parents.split(), at=int(committed), authored=int(authored))
    with gzip.open(FOLDER / "tags.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            history.tag(row["tag"], row["commit"], int(row["unix"]))
    with gzip.open(FOLDER / "commits.csv.gz", "rt") as file:
        history.branch("main", next(csv.reader(file))[0])
    return history


def parents_first() -> Iterator[list[str]]:
    """Every commit after its parents."""
    with gzip.open(FOLDER / "commits.csv.gz", "rt") as file:
        known = {row[0]: row for row in csv.reader(file)}
    done: set[str] = set()
    for start in reversed(known):
        ahead = [start]
        while ahead:
            left = [parent for parent in known[ahead[-1]][1].split() if parent not in done]
            if left:
                ahead += left
            elif (commit := ahead.pop()) not in done:
                done.add(commit)
                yield known[commit]


def made() -> GitHistory:
    """As many commits and releases, in one line."""
    history = GitHistory()
    before: tuple[str, ...] = ()
    step = (END - BEGIN) // COMMITS
    for number in range(COMMITS):
        before = (history.commit(f"c{number}", *before, at=BEGIN + number * step),)
        if number * RELEASES // COMMITS != (number + 1) * RELEASES // COMMITS:
            history.tag(f"release_{number}", f"c{number}", BEGIN + number * step + 3600)
    return history


def seconds(*command: str) -> float:
    """From the start of the process to its end, with its output read."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ, "NO_COLOR": "1"})
    return time.perf_counter() - began


def main() -> None:
    """In turn, so that both see the same machine."""
    with tempfile.TemporaryDirectory(prefix="andon-bench-") as temporary:
        folder = str((real() if FOLDER.exists() else made()).write(Path(temporary) / "publishing-api"))
        ask = (sys.executable, "-m", "andon", "measure", folder, "--since", "2025-01-01", "--until", "2026-01-01")
        taken, pages, bare = [], [], []
        for _ in range(ROUNDS):
            bare.append(
                seconds("git", "-C", folder, "log", "--all", FORMAT) + seconds("git", "-C", folder, "tag", "-l")
            )
            taken.append(seconds(*ask))
            pages.append(seconds(*ask, "--html", str(Path(temporary) / "report.html")))
        peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        figures = {
            "bench": "measurement_git",
            "history": "publishing-api" if FOLDER.exists() else "made",
            "rounds": ROUNDS,
            "report_s": round(statistics.median(taken), 3),
            "page_s": round(statistics.median(pages), 3),
            "control_s": round(statistics.median(bare), 3),
            "peak_mib": round(peak_kib / 1024, 1),
        }
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
