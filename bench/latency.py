"""From a push to its first task, and a whole run of three tasks that do nothing, beside the same work by hand.

The control of the first is `git push` to a bare repository on the same disk and a process after it; the control of the
second is a checkout with git and three times `true` in the same sandbox, one after the other.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Sequence

from andon.machine.sandbox.bubblewrap import find_bubblewrap
from bench._server import SANDBOX, Entry, Server, at, median_ms, of, running, sources

ROUNDS = 25
BESIDE = 'schema = 1\n[task.a]\nrun = "true"\n[task.b]\nrun = "true"\n[task.c]\nrun = "true"\n'
CHAINED = (
    'schema = 1\n[task.a]\nrun = "true"\n[task.b]\nneeds = ["a"]\nrun = "true"\n[task.c]\nneeds = ["b"]\nrun = "true"\n'
)


def pushed(server: Server, name: str, pipeline: str) -> list[list[Entry]]:
    """What the ledger says of each of some pushes, one after the other."""
    work = server.repository(name, {"andon.toml": pipeline, **sources()})
    histories = []
    for turn in range(ROUNDS + 1):
        before = server.head()
        (work / "turn").write_text(str(turn))
        server.git(work, "add", ".")
        server.git(work, "commit", "-q", "-m", f"Turn {turn}")
        server.git(work, "push", "-q", "-o", "detach", "origin", "HEAD:main")
        histories.append(server.until("pipelines.RunFinished", 1, before))
    return histories[1:]  # the first finds everything cold


def between(history: Sequence[Entry], first: str, last: str) -> float:
    """Seconds between two things that happened, the first of each."""
    return at(of(history, last)[0]) - at(of(history, first)[0])


def push_by_hand(server: Server) -> list[float]:
    """`git push` into a folder and a process."""
    bare = server.folder / "control.git"
    server.git(server.folder, "init", "-q", "--bare", str(bare))
    work = server.folder / "work" / "beside"
    times = []
    for turn in range(ROUNDS):
        (work / "turn").write_text(f"control {turn}")
        server.git(work, "add", ".")
        server.git(work, "commit", "-q", "-m", f"Control {turn}")
        began = time.perf_counter()
        server.git(work, "push", "-q", str(bare), "HEAD:main")
        subprocess.run(["/bin/true"], check=True)
        times.append(time.perf_counter() - began)
    return times


def run_by_hand(server: Server) -> list[float]:
    """A checkout and three sandboxes."""
    bare, bubblewrap = server.folder / "control.git", find_bubblewrap(server.environ["PATH"])
    times = []
    for turn in range(ROUNDS):
        checkout = server.folder / f"checkout-{turn}"
        began = time.perf_counter()
        server.git(server.folder, "clone", "-q", "--shared", "--branch", "main", str(bare), str(checkout))
        for _ in range(3):
            subprocess.run([bubblewrap, *SANDBOX, "true"], check=True, timeout=60)
        shutil.rmtree(checkout)
        times.append(time.perf_counter() - began)
    return times


def main() -> None:
    """All of it, in one server."""
    with running() as server:
        beside, chained = pushed(server, "beside", BESIDE), pushed(server, "chained", CHAINED)
        first = [between(one, "source.BranchPushed", "pipelines.TaskStarted") for one in beside + chained]
        runs = [
            [between(one, "pipelines.RunQueued", "pipelines.RunFinished") for one in kind] for kind in (beside, chained)
        ]
        print(
            json.dumps(
                {
                    "bench": "latency",
                    "rounds": ROUNDS,
                    "first_task_ms": median_ms(first),
                    "first_task_p95_ms": round(sorted(first)[int(len(first) * 0.95)] * 1000, 1),
                    "control_push_ms": median_ms(push_by_hand(server)),
                    "beside_ms": median_ms(runs[0]),
                    "chained_ms": median_ms(runs[1]),
                    "control_run_ms": median_ms(run_by_hand(server)),
                }
            )
        )


if __name__ == "__main__":
    main()
