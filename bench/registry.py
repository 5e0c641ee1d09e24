"""How fast does the registry take and give 500 MB, and how much memory does its server need for that?

Run: python bench/registry.py [megabytes]. Prints one JSON line. The control copies the same file with sha256 and fsync,
on the same disk, in the same minute: what the machine gives without a registry.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import psutil

from andon.kernel.ids import Actor
from andon.tools.artifacts.adapters.tokens_jwt import JwtTokens

ROUNDS = 3
CHUNK = 1024 * 1024
KEY = b"benchmark-key-of-32-bytes-length"
SERVER = """
import datetime, sys, uvicorn
from pathlib import Path
from andon.tools.artifacts.adapters.tokens_jwt import JwtTokens
from andon.tools.artifacts.registry import Registry, RegistryStorage
from andon.tools.artifacts.registry.credentials import Access
class Nobody:
    async def refused(self, actor, what, rule, reason): ...
key, folder, handle = bytes.fromhex(sys.stdin.readline()), sys.argv[1], int(sys.argv[2])
tokens = JwtTokens(key, lambda: datetime.datetime.fromtimestamp(__import__("time").time(), datetime.UTC))
access = Access(url="http://127.0.0.1", tokens=tokens, lender=tokens)
storage = RegistryStorage(Path(folder))
uvicorn.run(Registry(storage, access, Nobody()), fd=handle, log_level="error", lifespan="off", ws="none")
"""


def now() -> datetime:
    """The time."""
    return datetime.fromtimestamp(time.time(), UTC)


def control(source: Path, target: Path) -> float:
    """Copy, hash and sync the file as one process would; seconds."""
    started = time.perf_counter()
    computed = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(CHUNK):
            computed.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    took = time.perf_counter() - started
    target.unlink()
    return took


async def read(file: Path) -> AsyncIterator[bytes]:
    """The file's bytes."""
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            yield chunk


async def push(client: httpx2.AsyncClient, file: Path, digest: str, name: str, size: int) -> float:
    """Upload the file in one stream; seconds."""
    started = time.perf_counter()
    begun = await client.post(f"/v2/{name}/blobs/uploads/")
    headers = {"content-length": str(size)}
    answer = await client.put(f"{begun.headers['location']}?digest={digest}", content=read(file), headers=headers)
    assert answer.status_code == 201, answer.text
    return time.perf_counter() - started


async def pull(client: httpx2.AsyncClient, digest: str, name: str) -> float:
    """Download it; seconds."""
    started, size = time.perf_counter(), 0
    async with client.stream("GET", f"/v2/{name}/blobs/{digest}") as answer:
        async for chunk in answer.aiter_raw():
            size += len(chunk)
    assert size == int(answer.headers["content-length"])
    return time.perf_counter() - started


async def measure(url: str, folder: Path, server: psutil.Process, megabytes: int) -> dict[str, float]:
    """All rounds, each with its control."""
    tokens = JwtTokens(KEY, now)
    scope = " ".join(f"push:bench-{turn}" for turn in range(ROUNDS))
    token = tokens.mint(Actor("run/1"), scope, timedelta(hours=1))
    headers = {"authorization": f"Bearer {token}"}
    controls, pushes, pulls = [], [], []
    before = server.memory_info().rss
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=120, trust_env=False) as client:
        for turn in range(ROUNDS):
            file = folder / f"content-{turn}"
            digest = make(file, megabytes)
            controls.append(control(file, folder / "copy"))
            pushes.append(await push(client, file, digest, f"bench-{turn}", megabytes * 1_000_000))
            pulls.append(await pull(client, digest, f"bench-{turn}"))
            file.unlink()
    peak = peak_memory(server.pid)
    return {
        "megabytes": megabytes,
        "control_mb_per_s": rate(megabytes, controls),
        "push_mb_per_s": rate(megabytes, pushes),
        "pull_mb_per_s": rate(megabytes, pulls),
        "server_rss_before_mib": round_to(before / 2**20),
        "server_rss_peak_mib": round_to(peak / 2**20),
        "server_cpu_s": round_to(sum(server.cpu_times()[:2])),
        "client_cpu_s": round_to(sum(resource.getrusage(resource.RUSAGE_SELF)[:2])),
    }


def peak_memory(pid: int) -> int:
    """The most a process ever had in memory, in bytes."""
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) * 1024


def make(file: Path, megabytes: int) -> str:
    """A file that no disk or network makes smaller, and its digest."""
    computed = hashlib.sha256()
    with file.open("wb") as writing:
        for _ in range(megabytes):
            chunk = os.urandom(1_000_000)
            computed.update(chunk)
            writing.write(chunk)
    return f"sha256:{computed.hexdigest()}"


def rate(megabytes: int, seconds: list[float]) -> float:
    """The median of the rounds."""
    return round_to(megabytes / statistics.median(seconds))


def round_to(value: float) -> float:
    """One digit after the point."""
    return round(value, 1)


def wait_for(process: subprocess.Popen[bytes], url: str) -> None:
    """Until the server answers."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        try:
            httpx2.get(f"{url}/v2/", trust_env=False)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def main(megabytes: int) -> None:
    """Start a server of its own, measure, stop it."""
    import socket

    with tempfile.TemporaryDirectory() as temporary, socket.create_server(("127.0.0.1", 0)) as listening:
        folder = Path(temporary)
        handle = listening.fileno()
        command = [sys.executable, "-c", SERVER, str(folder / "registry"), str(handle)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[handle])
        assert process.stdin is not None
        process.stdin.write(KEY.hex().encode() + b"\n")
        process.stdin.flush()
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            wait_for(process, url)
            print(json.dumps(asyncio.run(measure(url, folder, psutil.Process(process.pid), megabytes))))
        finally:
            process.terminate()
            process.wait(timeout=10)
            process.stdin.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
