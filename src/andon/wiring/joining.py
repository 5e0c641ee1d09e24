"""The parts that no tool makes by itself: what tools share on this machine, and where one needs what another has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from andon.config import ServerConfig
from andon.engine.clock import Clock
from andon.kernel.ids import RepositoryName
from andon.tool import Tool
from andon.tools.artifacts.adapters.tokens_jwt import JwtTokens
from andon.tools.delivery.adapters.router_haproxy import HAProxyConfig, HAProxyRouter, find_haproxy
from andon.tools.source.adapters.repositories_git import BareRepositories
from andon.wiring.bridges import DeliveredImages, LineFile, NoRegistry, RunsPacker, StoredSecrets, VerifiedProvenance
from andon.wiring.described import described
from andon.wiring.keys import random_key
from andon.wiring.masks import build_secrets
from andon.wiring.running import build_egress, build_runner, build_sandboxes
from andon.wiring.serving import build_instance_logs, build_runtime


def build_router(config: ServerConfig) -> HAProxyRouter:
    """What gives them requests. Errors: PortError."""
    program = find_haproxy(config.search_path)
    return HAProxyRouter(HAProxyConfig(program=program, folder=config.data / "router", bind=config.service_host))


def _registry_tokens(config: ServerConfig, ending_clock: Clock) -> JwtTokens:
    return JwtTokens(random_key(config.data / "keys" / "registry"), ending_clock.now)


def _machine(config: ServerConfig) -> Callable[[], str]:
    return partial(described, config)


def _folder_of_repository(git_repositories: BareRepositories) -> Callable[[RepositoryName], Path]:
    return git_repositories.folder


_JOINED: dict[str, Callable[..., object]] = {
    "egress": build_egress,
    "folder_of_repository": _folder_of_repository,
    "images": DeliveredImages,
    "line_source": LineFile,
    "machine": _machine,
    "provenance": VerifiedProvenance,
    "registry_tokens": _registry_tokens,
    "router": build_router,
    "runner": build_runner,
    "runtime": build_runtime,
    "sandboxes": build_sandboxes,
    "secret_store": build_secrets,
    "service_logs": build_instance_logs,
    "service_secrets": StoredSecrets,
}


def joined(tools: Sequence[Tool]) -> Mapping[str, Callable[..., object]]:
    """How each is made, on a server that runs these tools."""
    has_registry = any(tool.name == "artifacts" for tool in tools)
    return {**_JOINED, "packer": RunsPacker if has_registry else NoRegistry}
