"""A hundred runs that do nothing, queued by pushes of many branches: how many end in a second?

Each run has three tasks, a checkout and three sandboxes. The control does the same a hundred times by hand, with as
many workers as the server has.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from andon.machine.sandbox.bubblewrap import find_bubblewrap
from bench._server import SANDBOX, Server, at, of, running, sources

RUNS = 100
AT_ONCE = 20  #: branches of one push; a server takes no more than 50
PIPELINE = 'schema = 1\n[task.a]\nrun = "true"\n[task.b]\nrun = "true"\n[task.c]\nrun = "true"\n'


def branches(server: Server, work: Path, prefix: str) -> list[str]:
    """A hundred branches, each with a commit of its own."""
    names = [f"{prefix}-{number}" for number in range(RUNS)]
    for name in names:
        server.git(work, "commit", "-q", "--allow-empty", "-m", name)
        server.git(work, "branch", name)
    return names


def measure(server: Server) -> dict[str, float]:
    """One push of all of them, to the last end."""
    work = server.repository("many", {"andon.toml": PIPELINE, **sources()})
    server.git(work, "push", "-q", "-o", "detach", "origin", "HEAD:main")
    server.until("pipelines.WorkspaceRemoved", 1)
    names = branches(server, work, "many")
    before, cpu_before = server.head(), server.cpu_s()
    for first in range(0, RUNS, AT_ONCE):
        server.git(work, "push", "-q", "-o", "detach", "origin", *names[first : first + AT_ONCE])
    cpu_s = when_quiet(server) - cpu_before
    history = server.until("pipelines.WorkspaceRemoved", RUNS, before)
    finished = of(history, "pipelines.RunFinished")
    assert all(one["data"]["outcome"] == "success" for one in finished), finished
    took = at(finished[-1]) - at(of(history, "pipelines.RunQueued")[0])
    return {
        "runs_per_s": round(RUNS / took, 2),
        "cpu_per_run_s": round(cpu_s / RUNS, 4),
        "rss_after_mib": round(server.rss_mib(), 1),
    }


def when_quiet(server: Server) -> float:
    """The server's processor time once nothing is appended any more; asked seldom, because asking costs some, too."""
    last, now = -1, server.head()
    while now != last:
        time.sleep(0.5)
        last, now = now, server.head()
    return server.cpu_s()


def by_hand(server: Server) -> float:
    """Runs a second without a server."""
    work, bubblewrap = server.folder / "work" / "many", find_bubblewrap(server.environ["PATH"])

    def run(number: int) -> None:
        checkout = server.folder / f"checkout-{number}"
        server.git(server.folder, "clone", "-q", "--shared", str(work), str(checkout))
        for _ in range(3):
            subprocess.run([bubblewrap, *SANDBOX, "true"], check=True, timeout=60)
        shutil.rmtree(checkout)

    began = time.perf_counter()
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as workers:
        list(workers.map(run, range(RUNS)))
    return round(RUNS / (time.perf_counter() - began), 2)


def main() -> None:
    """All of it."""
    with running() as server:
        print(json.dumps({"bench": "throughput", "runs": RUNS, **measure(server), "control_per_s": by_hand(server)}))


if __name__ == "__main__":
    main()
