"""The adapters that a server on one machine works with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from andon.config import ServerConfig
from andon.engine.attempts import Attempts
from andon.engine.clock import Clock
from andon.engine.dispatch import Performer
from andon.kernel.masks import Masks
from andon.machine.network.egress import Egress
from andon.machine.sandbox.sandboxes import Sandboxes
from andon.tool import Tool
from andon.tools.artifacts.adapters.attestations_dsse import DsseAttestations
from andon.tools.artifacts.adapters.images_registry import RegistryImages
from andon.tools.artifacts.adapters.packer_oci import OciPacker
from andon.tools.artifacts.adapters.registry_http import HttpRegistries, Minted
from andon.tools.artifacts.adapters.signer_ed25519 import Ed25519Signer
from andon.tools.artifacts.adapters.tokens_jwt import JwtTokens
from andon.tools.artifacts.effects import performers as artifact_performers
from andon.tools.artifacts.registry import RegistryStorage
from andon.tools.delivery.adapters.prober_http import HttpProber
from andon.tools.delivery.adapters.router_haproxy import HAProxyConfig, HAProxyRouter, find_haproxy
from andon.tools.delivery.adapters.runtime_process import InstanceLogs, ProcessRuntime
from andon.tools.delivery.effects import performers as delivery_performers
from andon.tools.delivery.ports import DeliveryPorts
from andon.tools.infra.adapters.store_aesgcm import AesGcmStore
from andon.tools.pipelines.adapters.logs_files.logs import FileLogs
from andon.tools.pipelines.adapters.reports_junit.reports import JunitReports
from andon.tools.pipelines.adapters.workspaces_git.checkouts import GitWorkspaces
from andon.tools.pipelines.adapters.workspaces_git.commits import GitCommits
from andon.tools.pipelines.effects import performers as pipeline_performers
from andon.tools.pipelines.views import Runs
from andon.tools.pipelines.world import World
from andon.tools.source.adapters.repositories_git import BareRepositories
from andon.wiring.bridges import DeliveredImages, LineFile, RunsPacker, StoredSecrets, VerifiedProvenance
from andon.wiring.described import described
from andon.wiring.keys import random_key
from andon.wiring.masks import build_secrets
from andon.wiring.running import build_egress, build_runner, build_sandboxes
from andon.wiring.serving import build_instance_logs, build_runtime
from andon.wiring.views import HouseViews


class Adapters:
    """What touches the world, made when it is first asked for: a server that delivers nothing needs no router.

    Errors, when one is made: PortError when a program that is needed is not on this machine.
    """

    def __init__(self, config: ServerConfig, clock: Clock, views: HouseViews, masks: Masks) -> None:
        self._config = config
        self._views = views
        self._masks = masks
        self.attempts = Attempts(config.data / "trying")
        # at once: what is logged is masked by the keys that there are
        self.tokens = JwtTokens(random_key(config.data / "keys" / "registry"), clock.now)
        self.signer = Ed25519Signer.open(config.data / "keys" / "signing")

    def performers(self, tools: Iterable[Tool]) -> dict[type, Performer]:
        """How the wishes of these tools are done."""
        made: dict[str, Callable[[], dict[type, Performer]]] = {
            "pipelines": lambda: pipeline_performers(self._world()),
            "artifacts": lambda: artifact_performers(self.registries),
            "delivery": lambda: delivery_performers(self._delivery()),
        }
        return {wish: one for tool in tools if tool.name in made for wish, one in made[tool.name]().items()}

    @cached_property
    def repositories(self) -> BareRepositories:
        return BareRepositories(self._config.data / "repositories", search_path=self._config.search_path)

    @cached_property
    def logs(self) -> FileLogs:
        return FileLogs(self._config.data / "runs", self._masks)

    @cached_property
    def storage(self) -> RegistryStorage:
        return RegistryStorage(self._config.data / "registry", reserve=self._config.reserve)

    @cached_property
    def registries(self) -> HttpRegistries:
        return HttpRegistries(self._config.own_url, Minted(self.tokens))

    @cached_property
    def attestations(self) -> DsseAttestations:
        return DsseAttestations(self.signer)

    @cached_property
    def secrets(self) -> AesGcmStore:
        return build_secrets(self._config, self._masks)

    @cached_property
    def sandboxes(self) -> Sandboxes:
        return build_sandboxes(self._config)

    @cached_property
    def egress(self) -> Egress:
        return build_egress(self._config)

    @cached_property
    def service_logs(self) -> InstanceLogs:
        return build_instance_logs(self._config, self._masks)

    @cached_property
    def runtime(self) -> ProcessRuntime:
        return build_runtime(self._config, self.sandboxes, self.service_logs)

    @cached_property
    def router(self) -> HAProxyRouter:
        return build_router(self._config)

    def _world(self) -> World:
        data, path = self._config.data, self._config.search_path
        packer = OciPacker(self.registries, self.attestations, builder=self._config.url, bases=self._config.bases)
        return World(
            source=GitCommits(data / "repositories", path),
            workspaces=GitWorkspaces(data / "repositories", data / "runs", path),
            runner=build_runner(self._config, self.sandboxes, self._masks, self.egress),
            logs=self.logs,
            reports=JunitReports(),
            reuse=self._views[Runs],
            packer=RunsPacker(packer),
            machine=lambda: described(self._config),
            largest=self._config.largest_limits,
            trying=self.attempts.trying,
        )

    def _delivery(self) -> DeliveryPorts:
        images = RegistryImages(self._config.data / "images", self.registries, self.attestations)
        return DeliveryPorts(
            images=DeliveredImages(images),
            provenance=VerifiedProvenance(images),
            secrets=StoredSecrets(self.secrets),
            runtime=self.runtime,
            prober=HttpProber(),
            router=self.router,
            line=LineFile(self.repositories),
            trying=self.attempts.trying,
        )


def build_router(config: ServerConfig) -> HAProxyRouter:
    """What gives them requests. Errors: PortError."""
    program = find_haproxy(config.search_path)
    return HAProxyRouter(HAProxyConfig(program=program, folder=config.data / "router", bind=config.service_host))
