"""The adapters that a server on one machine works with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from andon.config import ServerConfig
from andon.engine.attempts import Attempts
from andon.engine.clock import Clock
from andon.engine.dispatch import Performer
from andon.kernel.masks import Masks
from andon.machine.network.egress import Egress
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
from andon.tools.pipelines.adapters.runner_bubblewrap.runner import BubblewrapRunner
from andon.tools.pipelines.adapters.workspaces_git.checkouts import GitWorkspaces
from andon.tools.pipelines.adapters.workspaces_git.commits import GitCommits
from andon.tools.pipelines.effects import performers as pipeline_performers
from andon.tools.pipelines.ports import ReuseIndex
from andon.tools.pipelines.world import World
from andon.tools.source.adapters.repositories_git import BareRepositories
from andon.wiring.bridges import DeliveredImages, LineFile, RunsPacker, StoredSecrets, VerifiedProvenance
from andon.wiring.described import described
from andon.wiring.keys import random_key
from andon.wiring.masks import build_secrets
from andon.wiring.running import build_egress, build_runner, build_sandboxes
from andon.wiring.serving import build_instance_logs, build_runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """What touches the world."""

    repositories: BareRepositories
    logs: FileLogs
    storage: RegistryStorage
    tokens: JwtTokens
    registries: HttpRegistries
    signer: Ed25519Signer
    attestations: DsseAttestations
    runtime: ProcessRuntime
    service_logs: InstanceLogs
    router: HAProxyRouter
    egress: Egress
    secrets: AesGcmStore
    performers: dict[type, Performer]
    attempts: Attempts


def build_adapters(config: ServerConfig, clock: Clock, reuse: ReuseIndex, masks: Masks) -> Adapters:
    """All of them, from the configuration. Errors: PortError when a program that is needed is not on this machine."""
    data, attempts = config.data, Attempts(config.data / "trying")
    tokens = JwtTokens(random_key(data / "keys" / "registry"), clock.now)
    registries = HttpRegistries(config.own_url, Minted(tokens))
    signer = Ed25519Signer.open(data / "keys" / "signing")
    attestations = DsseAttestations(signer)
    images = RegistryImages(data / "images", registries, attestations)
    secret_store, logs = build_secrets(config, masks), FileLogs(data / "runs", masks)
    repositories = BareRepositories(data / "repositories", search_path=config.search_path)
    sandboxes, egress, service_logs = build_sandboxes(config), build_egress(config), build_instance_logs(config, masks)
    runtime, router = build_runtime(config, sandboxes, service_logs), build_router(config)
    ports = DeliveryPorts(
        images=DeliveredImages(images),
        provenance=VerifiedProvenance(images),
        secrets=StoredSecrets(secret_store),
        runtime=runtime,
        prober=HttpProber(),
        router=router,
        line=LineFile(repositories),
        trying=attempts.trying,
    )
    runner = build_runner(config, sandboxes, masks, egress)
    packer = OciPacker(registries, attestations, builder=config.url, bases=config.bases)
    performers: dict[type, Performer] = {
        **pipeline_performers(replace(_world(config, runner, logs, reuse, packer), trying=attempts.trying)),
        **artifact_performers(registries),
        **delivery_performers(ports),
    }
    return Adapters(
        repositories=repositories,
        logs=logs,
        storage=RegistryStorage(data / "registry", reserve=config.reserve),
        tokens=tokens,
        registries=registries,
        signer=signer,
        attestations=attestations,
        runtime=runtime,
        service_logs=service_logs,
        router=router,
        egress=egress,
        secrets=secret_store,
        performers=performers,
        attempts=attempts,
    )


def _world(
    config: ServerConfig, runner: BubblewrapRunner, logs: FileLogs, reuse: ReuseIndex, packer: OciPacker
) -> World:
    data, path = config.data, config.search_path
    return World(
        source=GitCommits(data / "repositories", path),
        workspaces=GitWorkspaces(data / "repositories", data / "runs", path),
        runner=runner,
        logs=logs,
        reports=JunitReports(),
        reuse=reuse,
        packer=RunsPacker(packer),
        machine=lambda: described(config),
        largest=config.largest_limits,
    )


def build_router(config: ServerConfig) -> HAProxyRouter:
    """What gives them requests. Errors: PortError."""
    program = find_haproxy(config.search_path)
    return HAProxyRouter(HAProxyConfig(program=program, folder=config.data / "router", bind=config.service_host))
