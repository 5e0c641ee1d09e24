"""A registry on a real socket, and those who may use it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import uvicorn

from andon.kernel.ids import Actor, ArtifactName, BranchName, CommitId, RepositoryName, RunNumber, TaskName
from andon.testing.installation import NO_CERTIFICATES
from andon.testing.waiting import until
from andon.tools.artifacts.adapters.registry_http import HttpRegistries, Minted
from andon.tools.artifacts.adapters.tokens_jwt import JwtTokens
from andon.tools.artifacts.registry import Access, Policy, Registry, RegistryStorage
from andon.tools.pipelines.events import ArtifactSpec, ServiceSpec

NOW = datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
RUN, REPOSITORY = RunNumber(1), RepositoryName("shop")
COMMIT, TRUNK = CommitId("a" * 40), BranchName("trunk")
SHOP = ArtifactSpec(name=ArtifactName("shop"), task=TaskName("package"), path="dist")


@dataclass
class KeptRefusals:
    """Remembers what was refused."""

    seen: list[tuple[str, str, str, str]] = field(default_factory=list)

    async def refused(self, actor: Actor, what: str, rule: str, reason: str) -> None:
        self.seen.append((actor, what, rule, reason))


@dataclass
class Served:
    """A registry that runs, on a port of its own."""

    url: str
    folder: Path
    storage: RegistryStorage
    tokens: JwtTokens
    refusals: KeptRefusals

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def token(self, scope: str, actor: str = "run/1") -> str:
        return self.tokens.mint(Actor(actor), scope, timedelta(minutes=5))

    def client(self, scope: str = "", actor: str = "run/1") -> httpx2.Client:
        """A plain HTTP client with a token for this scope, or without one."""
        headers = {"authorization": f"Bearer {self.token(scope, actor)}"} if scope else {}
        return httpx2.Client(base_url=self.url, headers=headers, trust_env=False, timeout=20, verify=NO_CERTIFICATES)

    def registries(self) -> HttpRegistries:
        """Our own client."""
        return HttpRegistries(self.url, Minted(self.tokens))


Serve = Callable[..., Served]


@dataclass(frozen=True, kw_only=True)
class PackThis:
    """What a run asks the packer for."""

    folder: str
    run: RunNumber = RUN
    repository: RepositoryName = REPOSITORY
    commit: CommitId = COMMIT
    branch: BranchName = TRUNK
    artifact: ArtifactSpec = SHOP
    service: ServiceSpec | None = None
    started_at: datetime = NOW
    committed_at: datetime = NOW


@pytest.fixture
def tokens() -> JwtTokens:
    """Tokens of an install, at a moment that stands still."""
    return JwtTokens(b"k" * 32, lambda: NOW)


@pytest.fixture
def serve(tmp_path: Path, tokens: JwtTokens) -> Iterator[Serve]:
    """Starts registries; each call one, on the same folder unless told otherwise."""
    stops: list[Callable[[], None]] = []

    def start(policy: Policy | None = None, folder: Path | None = None, public_url: str = "") -> Served:
        root = folder or tmp_path / "registry"
        storage, refusals = RegistryStorage(root, policy), KeptRefusals()
        # asyncio sends small answers at once only on sockets that say they are TCP
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            Registry(storage, Access(url=public_url or url, tokens=tokens, lender=tokens), refusals),
            lifespan="off",
            ws="none",
            log_level="error",
            timeout_keep_alive=30,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
        thread.start()
        asyncio.run(until(lambda: server.started, what="the registry to start"))

        def stop() -> None:
            server.should_exit = True
            thread.join(timeout=10)
            storage.close()

        stops.append(stop)
        return Served(url=url, folder=root, storage=storage, tokens=tokens, refusals=refusals)

    yield start
    for stop in stops:
        stop()


@pytest.fixture
def registry(serve: Serve) -> Served:
    """A registry as it is installed: tags never move, nothing is deleted."""
    return serve()


@pytest.fixture
def open_registry(serve: Serve) -> Served:
    """A registry that allows what the standard allows: tags move, and everything can be deleted."""
    return serve(Policy(tags_may_move=True, deletes=True))
