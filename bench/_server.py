"""A whole server of its own, used only as people use it: started with `andon up`, pushed to, asked over HTTP."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import psutil

#: the command beside the Python that runs this
ANDON = str(Path(sys.executable).with_name("andon"))
PAGE = 1000  #: entries of one answer
WITHIN_S = 120.0
SAID = "andon is up at "
#: what a control runs in
SANDBOX = ("--ro-bind", "/", "/", "--unshare-all", "--proc", "/proc", "--dev", "/dev", "--die-with-parent")
GIT = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main")

Entry = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One running `andon up`."""

    url: str
    token: str
    folder: Path
    process: psutil.Process
    client: httpx2.Client
    #: seconds from its start to its first answer
    started_in: float
    environ: dict[str, str] = field(repr=False)

    def get(self, path: str, **question: str | int) -> Any:
        """An answer of the API."""
        answer = self.client.get(path, params=dict(question))
        answer.raise_for_status()
        return answer.json()

    def ledger(self, after: int = 0) -> list[Entry]:
        """Every entry after a position."""
        found: list[Entry] = []
        while page := self.get("/api/v1/ledger", after=found[-1]["position"] if found else after, limit=PAGE):
            found.extend(page)
        return found

    def until(self, kind: str, count: int, after: int = 0) -> list[Entry]:
        """The ledger after a position, once it holds so many entries of a type."""

        def enough() -> list[Entry]:
            nonlocal seen
            seen += self.ledger(seen[-1]["position"] if seen else after)
            return seen if sum(entry["type"] == kind for entry in seen) >= count else []

        seen: list[Entry] = []
        return until(enough, f"{count} {kind}")

    def head(self) -> int:
        """The last position."""
        newest = self.get("/api/v1/ledger", limit=1, newest_first="true")
        return int(newest[0]["position"]) if newest else 0

    def cpu_s(self) -> float:
        """Processor time of the server alone; its children count for themselves."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def rss_mib(self) -> float:
        """Memory of the server alone."""
        return float(self.process.memory_info().rss / 2**20)

    def git(self, folder: Path, *arguments: str) -> float:
        """Run git as a person of this server; seconds."""
        began = time.perf_counter()
        subprocess.run(
            ["git", *GIT, *arguments], cwd=folder, env=self.environ, check=True, capture_output=True, timeout=WITHIN_S
        )
        return time.perf_counter() - began

    def repository(self, name: str, files: dict[str, str]) -> Path:
        """A working copy with these files, committed, and this server as its origin."""
        folder = self.folder / "work" / name
        write(folder, files)
        self.git(folder, "init", "-q")
        self.git(folder, "add", ".")
        self.git(folder, "commit", "-q", "-m", "Begin")
        self.git(folder, "remote", "add", "origin", self.url.replace("//", f"//ada:{self.token}@") + f"/git/{name}")
        return folder


@contextmanager
def running(folder: Path | None = None) -> Iterator[Server]:
    """A server on an empty folder, or on the one that is given."""
    with tempfile.TemporaryDirectory(prefix="andon-bench-") as temporary:
        place = folder or Path(temporary)
        home = place / "home"
        home.mkdir(parents=True, exist_ok=True)
        environ = {"HOME": str(home), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
        with (place / "said").open("w+", encoding="utf-8") as said:
            began = time.perf_counter()
            child = subprocess.Popen(
                [ANDON, "up", str(place / "data"), "--port", "0"], env=environ, stdout=said, stderr=subprocess.STDOUT
            )
            try:
                url = until(lambda: _url(place / "said", child), "the server")
                yield _server(place, url, child, environ, began)
            finally:
                _end(child, place)


def _server(place: Path, url: str, child: subprocess.Popen[bytes], environ: dict[str, str], began: float) -> Server:
    until(lambda: _answers(url), "its first answer")
    started_in = time.perf_counter() - began
    kept = tomllib.loads((place / "home/.config/andon/credentials.toml").read_text(encoding="utf-8"))
    token = str(kept["server"][url]["token"])
    client = httpx2.Client(
        base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=WITHIN_S, trust_env=False
    )
    return Server(
        url=url,
        token=token,
        folder=place,
        process=psutil.Process(child.pid),
        client=client,
        started_in=started_in,
        environ=environ,
    )


def _url(said: Path, child: subprocess.Popen[bytes]) -> str:
    text = said.read_text(encoding="utf-8")
    if child.poll() is not None:
        raise SystemExit(f"the server did not start: {text}")
    return text.partition(SAID)[2].partition(" ")[0].strip() if SAID in text and "\n" in text else ""


def _answers(url: str) -> bool:
    try:
        httpx2.get(f"{url}/login", trust_env=False)
    except httpx2.TransportError:
        return False
    return True


def _end(child: subprocess.Popen[bytes], place: Path) -> None:
    """Stop the server, and the services and routers that outlive it on purpose."""
    child.terminate()
    child.wait(timeout=30)
    for process in psutil.process_iter(["cmdline"]):
        if any(str(place) in word for word in process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def until(fact: Callable[[], T], what: str) -> T:
    """The first truthy answer."""
    deadline = time.monotonic() + WITHIN_S
    while not (answer := fact()):
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {WITHIN_S:g} s for {what}")
        time.sleep(0.02)
    return answer


def write(folder: Path, files: dict[str, str]) -> None:
    """Put files there."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def sources(count: int = 200) -> dict[str, str]:
    """A project of so many files of 2 kB, as a checkout has to write them."""
    return {f"src/part{number % 10}/module{number}.py": f"# {number}\n" + "x = 1\n" * 340 for number in range(count)}


def at(entry: Entry) -> float:
    """When it happened, in seconds."""
    return datetime.fromisoformat(entry["at"]).timestamp()


def of(entries: Iterable[Entry], kind: str) -> list[Entry]:
    """Those of one type."""
    return [entry for entry in entries if entry["type"] == kind]


def median_ms(seconds: Iterable[float]) -> float:
    """In milliseconds."""
    return round(statistics.median(seconds) * 1000, 1)
