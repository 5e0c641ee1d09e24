"""A site for deliveries: real processes, a real HAProxy, a real ledger, and images that are folders."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from andon.engine.codec import Codec
from andon.engine.engine import Engine, Parts
from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import (
    Actor,
    ArtifactName,
    CommitId,
    Digest,
    EnvironmentName,
    EventId,
    RepositoryName,
    ServiceName,
    Version,
)
from andon.kernel.masks import Masks
from andon.ledger.opening import open_ledger
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings
from andon.testing.limits import groups_of
from andon.testing.waiting import until
from andon.tools.delivery.adapters.prober_http import HttpProber
from andon.tools.delivery.adapters.router_haproxy import HAProxyConfig, HAProxyRouter, find_haproxy
from andon.tools.delivery.adapters.runtime_process import InstanceLogs, ProcessRuntime
from andon.tools.delivery.effects import performers
from andon.tools.delivery.effects.sweeping import sweep
from andon.tools.delivery.events import EVENTS, NOUNS, PromotionFailed, PromotionVerified, RequestPromotion
from andon.tools.delivery.facts import Cords
from andon.tools.delivery.model.service import service_stream
from andon.tools.delivery.model.slots import State
from andon.tools.delivery.ports import DeliveryPorts, UnpackedImage
from andon.tools.delivery.verdicts import Verdicts
from andon.tools.delivery.views import Environments
from andon.tools.pipelines.events import CheckSpec, ServiceSpec

ADA = Actor("ada")
TEST = EnvironmentName("test")
SHOP = ServiceName("shop")
COMMIT = CommitId("a" * 40)
_ids = itertools.count(1)

SERVER = """\
import http.server, os, socketserver, sys

class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        known = self.path in {"/", "/health"}
        body = f"{TEXT} {os.environ['ANDON_VERSION']} {os.environ.get('GREETING', '')}".strip().encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

print("the shop opens", flush=True)
Server((HOST, int(os.environ["PORT"])), Shop).serve_forever()
"""


def server(text: str = "shop", host: str = 'os.environ["HOST"]') -> str:
    """The source of a small shop."""
    return f"import os\nTEXT = {text!r}\nHOST = {host}\n{SERVER}"


@dataclass(slots=True)
class Site:
    """A data folder, and the server that can be started on it again and again."""

    data: Path
    images: dict[Digest, UnpackedImage] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    masks: Masks = field(default_factory=Masks)
    happened: list[Envelope[Any]] = field(default_factory=list)
    line: str = ""
    environments: Environments = field(default_factory=Environments)
    cords: Cords = field(default_factory=Cords)
    verdicts: Verdicts = field(default_factory=Verdicts)

    def image(self, number: int, source: str, **spec: Any) -> Digest:
        """An artifact whose files are one Python program."""
        digest = Digest(f"sha256:{number:064x}")
        root = self.data / "images" / str(number)
        (root / "app").mkdir(parents=True)
        (root / "app" / "server.py").write_text(source)
        described = ServiceSpec(
            **{
                "name": SHOP,
                "command": ("/usr/bin/env", "python3", "server.py"),
                "health": CheckSpec(path="/health"),
                "smoke": (CheckSpec(path="/", contains="shop"),),
                "start_timeout": timedelta(seconds=20),
                "stop_timeout": timedelta(seconds=3),
                **spec,
            }
        )
        labels = (("dev.andon.service", msgspec.json.encode(described).decode()),)
        (root / "service.json").write_text(labels[0][1])
        self.images[digest] = UnpackedImage(root=root, has_base=False, command=(), env=(), labels=labels)
        return digest

    def find_images(self, numbers: range = range(1, 3)) -> None:
        """Know the images that were made on this folder before, by a site in another process."""
        for number in numbers:
            root = self.data / "images" / str(number)
            labels = (("dev.andon.service", (root / "service.json").read_text()),)
            digest = Digest(f"sha256:{number:064x}")
            self.images[digest] = UnpackedImage(root=root, has_base=False, command=(), env=(), labels=labels)

    async def fetch(self, name: ArtifactName, digest: Digest) -> UnpackedImage:
        if digest not in self.images:
            raise NotFound(f"no image {digest}")
        return self.images[digest]

    async def verify(self, name: ArtifactName, digest: Digest) -> None:
        return None

    async def secrets_of(self, environment: EnvironmentName, service: ServiceName) -> Mapping[str, str]:
        return self.secrets

    async def read(self, commit: CommitId) -> str:
        return self.line

    def apply(self, happened: Envelope[Any]) -> None:
        self.happened.append(happened)

    def runtime(self) -> ProcessRuntime:
        seen = SandboxSettings(folder=self.data / "sandbox", search_path=os.environ["PATH"], hidden=(self.data,))
        return ProcessRuntime(self.data / "services", Sandboxes(seen), self.logs(), groups_of(self.data))

    def logs(self) -> InstanceLogs:
        return InstanceLogs(self.data / "services", self.masks)

    def router(self) -> HAProxyRouter:
        return HAProxyRouter(HAProxyConfig(program=find_haproxy(os.environ["PATH"]), folder=self.data / "router"))

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[Engine]:
        """A server that starts; at the end it stops, and what runs goes on."""
        self.happened.clear()
        self.environments, self.cords, self.verdicts = Environments(), Cords(), Verdicts()
        ports = DeliveryPorts(
            images=self,
            provenance=self,
            secrets=self,
            runtime=self.runtime(),
            prober=HttpProber(),
            router=self.router(),
            line=self,
        )
        ledger = await open_ledger(f"sqlite:///{self.data / 'ledger.db'}")
        parts = Parts(
            ledger=ledger,
            codec=Codec(EVENTS),
            nouns=NOUNS,
            new_id=lambda: EventId(f"event-{os.getpid()}-{next(_ids)}"),
            views=(self, self.environments, self.cords, self.verdicts),
            performers=performers(ports),
        )
        engine = Engine(parts)
        await engine.start()
        try:
            yield engine
        finally:
            await engine.stop()
            await ledger.close()

    async def swept(self) -> tuple[str, ...]:
        """End what nobody wants, as a server does when it has started."""
        return await sweep(self.runtime(), self.router(), lambda: (seen.state for seen in self.environments.services()))

    async def close(self) -> None:
        """End everything that still runs here."""
        await sweep(self.runtime(), self.router(), lambda: ())

    async def promote(self, engine: Engine, digest: Digest, version: str, **more: Any) -> None:
        """Ask for a promotion into test."""
        command = RequestPromotion(
            environment=TEST,
            service=SHOP,
            digest=digest,
            version=Version(version),
            commit=COMMIT,
            repository=RepositoryName("shop"),
            **{"drain": timedelta(seconds=1), **more},
        )
        await engine.desk.submit(service_stream(TEST, SHOP), command, actor=ADA)

    async def verdict(
        self, number: int, within: timedelta = timedelta(seconds=30)
    ) -> PromotionVerified | PromotionFailed:
        """The verdict on the n-th promotion."""

        def given() -> PromotionVerified | PromotionFailed | None:
            verdicts = [e.event for e in self.happened if isinstance(e.event, PromotionVerified | PromotionFailed)]
            return next((v for v in verdicts if v.promotion == f"{TEST}/{SHOP}/{number}"), None)

        found = await until(given, within, f"the verdict on promotion {number}")
        assert found is not None
        return found

    async def state(self, engine: Engine) -> State:
        state = await engine.desk.load(service_stream(TEST, SHOP))
        assert isinstance(state, State)
        return state

    def seen(self, *kinds: type) -> list[Any]:
        """The events of these kinds, in order."""
        return [e.event for e in self.happened if isinstance(e.event, kinds)]
