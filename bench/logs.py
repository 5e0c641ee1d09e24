"""A task that prints a million lines: how much longer than bare, how much memory, and how fast any part of it is shown.

The control is the same command in the same sandbox with its output in a file.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import threading
import time

from andon.tools.pipelines.adapters.runner_bubblewrap.capability import find_bubblewrap
from bench._server import SANDBOX, Server, at, median_ms, of, running

ROUNDS = 5
LINES = 1_000_000
WINDOW = 1_000
PRINT = f"seq -f 'line %08.0f of a build that says everything it does, and more' {LINES}"
PIPELINE = f'schema = 1\n[task.noisy]\nrun = "{PRINT}"\n'
NEEDLE = "line 00999999"


class Watched:
    """The server's memory at its most while it is watched."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.most_mib = self.before_mib = server.rss_mib()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.most_mib = max(self.most_mib, self.server.rss_mib())

    def grown_mib(self) -> float:
        """How much it grew."""
        self._over.set()
        self._thread.join()
        return self.most_mib - self.before_mib


def task_s(server: Server) -> list[float]:
    """Seconds from the start to the end of the task, as the ledger has them; the log of the last run stays."""
    work = server.repository("noisy", {"andon.toml": PIPELINE})
    times = []
    for turn in range(ROUNDS):
        before = server.head()
        (work / "turn").write_text(str(turn))
        server.git(work, "add", ".")
        server.git(work, "commit", "-q", "-m", f"Turn {turn}")
        server.git(work, "push", "-q", "-o", "detach", "origin", "HEAD:main")
        history = server.until("pipelines.RunFinished", 1, before)
        started, finished = of(history, "pipelines.TaskStarted")[0], of(history, "pipelines.TaskFinished")[0]
        assert finished["data"]["log_lines"] == LINES, finished
        times.append(at(finished) - at(started))
    return times


def bare_s(server: Server) -> list[float]:
    """Seconds of the same command without a server."""
    bubblewrap = find_bubblewrap(server.environ["PATH"])
    times = []
    for _ in range(ROUNDS):
        with (server.folder / "bare.log").open("wb") as log:
            began = time.perf_counter()
            subprocess.run([bubblewrap, *SANDBOX, "sh", "-c", PRINT], stdout=log, check=True, timeout=60)
            times.append(time.perf_counter() - began)
    return times


def windows_s(server: Server) -> dict[str, list[float]]:
    """Seconds of one answer, by place; the first of all finds no index."""
    address = f"/api/v1/runs/{server.get('/api/v1/runs', limit=1)[0]['number']}/tasks/noisy/log"
    times: dict[str, list[float]] = {}
    for turn in range(ROUNDS + 1):
        for place, first in (("last", -WINDOW), ("middle", LINES // 2 + turn), ("first", 1)):
            began = time.perf_counter()
            shown = server.get(address, first=first, count=WINDOW)
            took = time.perf_counter() - began
            assert len(shown["lines"]) == WINDOW, len(shown["lines"])
            times.setdefault("cold" if not times else place, []).append(took)
        began = time.perf_counter()
        assert server.get(f"{address}/search", text=NEEDLE, limit=10)["lines"]
        times.setdefault("search", []).append(time.perf_counter() - began)
    return times


def main() -> None:
    """All of it."""
    with running() as server:
        watched = Watched(server)
        cpu_before = server.cpu_s()
        tasks = task_s(server)
        cpu_s = (server.cpu_s() - cpu_before) / ROUNDS
        figures = {name: median_ms(times) for name, times in windows_s(server).items()}
        grown_mib = watched.grown_mib()
        bare = statistics.median(bare_s(server))
        print(
            json.dumps(
                {
                    "bench": "logs",
                    "rounds": ROUNDS,
                    "lines": LINES,
                    "task_s": round(statistics.median(tasks), 3),
                    "control_s": round(bare, 3),
                    "more_than_bare_s": round(statistics.median(tasks) - bare, 3),
                    "server_cpu_s": round(cpu_s, 3),
                    "grown_mib": round(grown_mib, 1),
                    **{f"{place}_ms": took for place, took in figures.items()},
                }
            )
        )


if __name__ == "__main__":
    main()
