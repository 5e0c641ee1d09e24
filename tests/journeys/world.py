"""A server and the people around it: repositories that are pushed, services that answer, what the API says of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from andon.testing.installation import NO_CERTIFICATES, Clone, Installation
from andon.testing.waiting import awaited

#: for whatever the machine is busy with beside us
PATIENCE = timedelta(seconds=60)
#: says the token as `andon credential` does, which tests/tools/access/test_commands.py and the tutorial show to work
HELPER = "!f() {{ test $1 != get || printf 'username=x\\npassword={token}\\n'; }}; f"
ENDED = ("success", "failure", "error", "cancel")

#: a service in ten lines: it says what it is told to say, and its version
SERVICE = """
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        body = f"SAYS {os.environ['ANDON_VERSION']}".encode()
        self.send_response(STATUS if self.path == "/smoke" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass

ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
"""
PIPELINE = """
schema = 1

[task.test]
run = "test -s service.py"

[task.package]
needs = ["test"]
run = "mkdir out && cp service.py out/"
artifact = { name = "NAME", path = "out", version = "1" }

[service]
command = ["python3", "service.py"]
health = "/health"
smoke = ["/smoke"]
"""


def service(name: str, says: str = "hello", *, status: int = 200) -> dict[str, str]:
    """The files of a service; with another status its smoke check fails."""
    code = SERVICE.replace("SAYS", says).replace("STATUS", str(status))
    return {"service.py": code, "andon.toml": PIPELINE.replace("NAME", name)}


def get(url: str, **headers: str) -> httpx2.Response:
    """An answer on loopback."""
    return httpx2.get(url, timeout=30, headers=headers, verify=NO_CERTIFICATES)


def awaiting(fact: Callable[[], Any], what: str) -> Any:
    """The fact, when it is there."""
    return awaited(fact, PATIENCE, what=what)


@dataclass(frozen=True, slots=True)
class World:
    """What a journey has at hand."""

    house: Installation

    def clone(self, name: str, folder: str = "") -> Clone:
        """A new repository of Ada's that is pushed to the server's of this name."""
        clone = Clone(installation=self.house, folder=self.house.folder / (folder or name), name=name)
        clone.begin()
        clone.git("config", "credential.helper", HELPER.format(token=self.house.token))
        return clone

    def runs(self, name: str) -> list[dict[str, Any]]:
        """The runs of a repository, newest first."""
        found: list[dict[str, Any]] = self.house.get(f"/api/v1/runs?repository={name}&limit=100")
        return found

    def run_of(self, name: str, commit: str) -> dict[str, Any]:
        """The finished run of a commit."""

        def finished() -> Any:
            return next((r for r in self.runs(name) if r["commit"] == commit and r["lamp"] in ENDED), None)

        found: dict[str, Any] = awaiting(finished, f"the end of the run of {commit[:7]}")
        return found

    def standing(self, environment: str, name: str) -> dict[str, Any]:
        """What a service is in an environment; {} until it was heard of there."""
        answer = self.house.ask("GET", f"/api/v1/environments/{environment}/{name}")
        if answer.status_code == 404:
            return {}
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def live(self, environment: str, name: str) -> str:
        """The version that gets the requests; "" when none does."""
        live = self.standing(environment, name).get("live")
        return str(live["version"]) if live else ""

    def becomes_live(self, environment: str, name: str, version: str) -> None:
        """Wait until it is, and until nothing is in progress any more."""

        def settled() -> bool:
            now = self.standing(environment, name)
            return bool(now.get("live")) and now["live"]["version"] == version and now["in_progress"] is None

        awaiting(settled, f"{name} {version} in {environment}")

    def says(self, environment: str, name: str, path: str = "/") -> str:
        """An answer of the service itself."""
        return get(self.standing(environment, name)["url"].rstrip("/") + path).text

    def answers(self, environment: str, name: str, text: str) -> bool:
        """Does the service say so there, if it says anything?"""
        try:
            return self.says(environment, name) == text
        except httpx2.TransportError:
            return False

    def port(self, environment: str, name: str) -> int:
        return int(str(self.standing(environment, name)["url"]).rstrip("/").rpartition(":")[2])

    def ledger(self, **question: str) -> list[dict[str, Any]]:
        """Every entry."""
        found: list[dict[str, Any]] = []
        rest = "".join(f"&{name}={value}" for name, value in question.items())
        while page := self.house.get(f"/api/v1/ledger?after={found[-1]['position'] if found else 0}&limit=1000{rest}"):
            found.extend(page)
        return found

    def happened(self, kind: str, **question: str) -> list[dict[str, Any]]:
        """Every entry of a type."""
        return [entry for entry in self.ledger(**question) if entry["type"] == kind]

    def published(self, name: str) -> list[dict[str, Any]]:
        """What was recorded of each version of an artifact, oldest first."""
        published = (entry["data"] for entry in self.happened("artifacts.ArtifactPublished"))
        return [one for one in published if one["name"] == name]
