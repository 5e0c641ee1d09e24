"""A task that prints a million lines: how much longer than bare, how much memory, and how fast any part of it is shown.

The control is the same command in the same sandbox with its output in a file.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from andon.machine.sandbox.bubblewrap import find_bubblewrap
from bench._server import SANDBOX, Server, at, median_ms, of, running

ROUNDS = 7
LINES = 1_000_000
WINDOW = 1_000
PRINT = f"seq -f 'line %08.0f of a build that says everything it does, and more' {LINES}"
PIPELINE = f'schema = 1\n[task.noisy]\nrun = "{PRINT}"\n'
#: of the log that the last of the rounds left
ADDRESS = f"/api/v1/runs/{ROUNDS}/tasks/noisy/log"
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


def tasks_and_bare_s(server: Server) -> tuple[list[float], list[float]]:
    """Seconds from the start to the recorded end of the task, and of the bare command, in turn; the last log stays."""
    work = server.repository("noisy", {"andon.toml": PIPELINE})
    tasks, bare = [], []
    for turn in range(ROUNDS):
        bare.append(bare_s(server))
        before = server.head()
        (work / "turn").write_text(str(turn))
        server.git(work, "add", ".")
        server.git(work, "commit", "-q", "-m", f"Turn {turn}")
        server.git(work, "push", "-q", "-o", "detach", "origin", "HEAD:main")
        history = server.until("pipelines.RunFinished", 1, before)
        started, finished = of(history, "pipelines.TaskStarted")[0], of(history, "pipelines.TaskFinished")[0]
        assert finished["data"]["log_lines"] == LINES, finished
        tasks.append(at(finished) - at(started))
    return tasks, bare


def bare_s(server: Server) -> float:
    """Seconds of the same command without a server."""
    bubblewrap = find_bubblewrap(server.environ["PATH"])
    with (server.folder / "bare.log").open("wb") as log:
        began = time.perf_counter()
        subprocess.run([bubblewrap, *SANDBOX, "sh", "-c", PRINT], stdout=log, check=True, timeout=60)
        return time.perf_counter() - began


def grep_s(server: Server) -> list[float]:
    """Seconds that grep takes to find it in the same log."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run(["grep", "-n", NEEDLE, str(server.folder / "bare.log")], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return times


def window_s(server: Server, first: int) -> float:
    """Seconds of one answer with lines from there."""
    began = time.perf_counter()
    shown = server.get(ADDRESS, first=first, count=WINDOW)
    took = time.perf_counter() - began
    assert len(shown["lines"]) == WINDOW, len(shown["lines"])
    return took


def search_s(server: Server) -> float:
    """Seconds to find what is in the last line but one."""
    began = time.perf_counter()
    assert server.get(f"{ADDRESS}/search", text=NEEDLE, limit=10)["lines"]
    return time.perf_counter() - began


def shown_s(server: Server) -> dict[str, list[float]]:
    """Seconds of answers, by place."""
    times: dict[str, list[float]] = {"last": [], "middle": [], "first": [], "search": []}
    for turn in range(ROUNDS):
        times["last"].append(window_s(server, -WINDOW))
        times["middle"].append(window_s(server, LINES // 2 + turn))
        times["first"].append(window_s(server, 1))
        times["search"].append(search_s(server))
    return times


def cold_s(folder: Path) -> list[float]:
    """Seconds of the last lines, each the first question to a server that was just started."""
    times = []
    for _ in range(3):
        with running(folder) as server:
            server.head()
            times.append(window_s(server, -WINDOW))
    return times


def main() -> None:
    """All of it."""
    with tempfile.TemporaryDirectory(prefix="andon-bench-") as temporary:
        folder = Path(temporary)
        with running(folder) as server:
            watched, cpu_before = Watched(server), server.cpu_s()
            tasks, bare = tasks_and_bare_s(server)
            cpu_s = (server.cpu_s() - cpu_before) / ROUNDS
            shown = {f"{place}_ms": median_ms(times) for place, times in shown_s(server).items()}
            figures = {
                "bench": "logs",
                "rounds": ROUNDS,
                "lines": LINES,
                "task_s": round(statistics.median(tasks), 3),
                "control_s": round(statistics.median(bare), 3),
                "more_than_bare_s": round(statistics.median(map(float.__sub__, tasks, bare)), 3),
                "server_cpu_s": round(cpu_s, 3),
                "grown_mib": round(watched.grown_mib(), 1),
                **shown,
                "control_search_ms": median_ms(grep_s(server)),
            }
        print(json.dumps({**figures, "cold_ms": median_ms(cold_s(folder))}))


if __name__ == "__main__":
    main()
