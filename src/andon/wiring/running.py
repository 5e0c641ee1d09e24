"""What runs tasks on this machine, and what tasks and services share: sandboxes, limits, the way out."""

from __future__ import annotations

import hashlib

from andon.config import ServerConfig
from andon.kernel.masks import Masks
from andon.machine.limits.group import Groups, LimitSettings
from andon.machine.network.egress import Egress
from andon.machine.network.upstream import Upstream
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings
from andon.tools.pipelines.adapters.runner_bubblewrap.runner import BubblewrapRunner, RunnerSettings


def build_sandboxes(config: ServerConfig) -> Sandboxes:
    """What keeps tasks and services apart from this machine."""
    return Sandboxes(
        SandboxSettings(folder=config.data / "sandbox", search_path=config.search_path, hidden=(config.data,))
    )


def build_egress(config: ServerConfig) -> Egress:
    """What lets tasks out of their own networks."""
    return Egress(opened=frozenset(config.egress_allow), upstream=Upstream(settings=config.upstream))


def build_runner(config: ServerConfig, sandboxes: Sandboxes, masks: Masks, egress: Egress) -> BubblewrapRunner:
    """What runs tasks."""
    settings = RunnerSettings(
        runs=config.data / "runs",
        sandboxes=sandboxes,
        groups=build_groups(config),
        reserve=config.reserve,
        allowed_env=dict(config.task_env),
        filter_of=lambda _: masks.stream(),
        host_network=frozenset(config.host_network),
        egress=egress,
    )
    return BubblewrapRunner(settings)


def build_groups(config: ServerConfig) -> Groups:
    """What limits both; the data folder names this server among others of the machine."""
    owner = hashlib.sha256(bytes(config.data)).hexdigest()[:12]
    return Groups(LimitSettings(owner=f"andon-{owner}", largest=config.largest_limits))
