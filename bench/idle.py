"""What a server costs that does nothing, with a service in two environments, and how soon it is up.

The control of both is Python's own `http.server`.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil

from bench._history import lengthen
from bench._server import Server, running, until

ROUNDS = 7
LONG_ROUNDS = 3
SETTLE_S = 5
WATCH_S = 10
ENTRIES = 50_000
SHOP = Path(__file__).resolve().parent.parent / "examples" / "shop"


def deployed(server: Server) -> None:
    """The sample service in test and in production."""
    files = {str(file.relative_to(SHOP)): file for file in SHOP.rglob("*") if file.suffix in {".py", ".toml"}}
    work = server.repository("shop", {name: file.read_text(encoding="utf-8") for name, file in files.items()})
    server.git(work, "push", "-q", "-o", "detach", "origin", "HEAD:main")
    server.until("delivery.PromotionVerified", 1)
    server.client.post("/api/v1/promotions", json={"service": "shop", "environment": "production"}).raise_for_status()
    server.until("delivery.PromotionVerified", 2)


def used(process: psutil.Process) -> tuple[float, float]:
    """Memory in MiB, and processor time in percent over some seconds."""
    time.sleep(SETTLE_S)
    before = process.cpu_times()
    time.sleep(WATCH_S)
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    return process.memory_info().rss / 2**20, spent / WATCH_S * 100


@contextmanager
def plain() -> Iterator[tuple[psutil.Process, float]]:
    """Python's own server, and the seconds to its first answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as empty:
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", empty],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"]},
        )
        try:
            until(lambda: _answers(port), "the control's first answer")
            yield psutil.Process(child.pid), time.perf_counter() - began
        finally:
            child.terminate()
            child.wait(timeout=10)


def _answers(port: int) -> bool:
    try:
        httpx2.get(f"http://127.0.0.1:{port}/", trust_env=False)
    except httpx2.TransportError:
        return False
    return True


def starts_s() -> tuple[list[float], list[float]]:
    """Seconds to the first answer on an empty folder, and of the control, in turn."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        with running() as server:
            ours.append(server.started_in)
        with plain() as (_, took):
            theirs.append(took)
    return ours, theirs


def start_again_s(folder: Path) -> dict[str, float]:
    """Seconds with a long history, and the memory that it takes."""
    with running(folder) as server:
        run = server.get("/api/v1/runs", limit=1)[0]
    length = asyncio.run(lengthen(folder / "data", ENTRIES, run=run["number"], commit=run["commit"]))
    times, memories = [], []
    for _ in range(LONG_ROUNDS):
        with running(folder) as server:
            times.append(server.started_in)
            memories.append(server.rss_mib())
    return {
        "entries": length,
        "start_long_s": round(statistics.median(times), 2),
        "rss_long_mib": round(statistics.median(memories), 1),
    }


def main() -> None:
    """All of it."""
    ours, theirs = starts_s()
    with tempfile.TemporaryDirectory(prefix="andon-bench-") as temporary:
        folder = Path(temporary)
        with running(folder) as server:
            deployed(server)
            rss_mib, cpu_percent = used(server.process)
        again = start_again_s(folder)
    with plain() as (process, _):
        control_mib, control_percent = used(process)
    print(
        json.dumps(
            {
                "bench": "idle",
                "rounds": ROUNDS,
                "start_s": round(statistics.median(ours), 2),
                "control_start_s": round(statistics.median(theirs), 2),
                "rss_mib": round(rss_mib, 1),
                "control_rss_mib": round(control_mib, 1),
                "cpu_percent": round(cpu_percent, 2),
                "control_cpu_percent": round(control_percent, 2),
                **again,
            }
        )
    )


if __name__ == "__main__":
    main()
