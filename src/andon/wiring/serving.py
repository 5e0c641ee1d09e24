"""What runs services on this machine, and keeps what they print."""

from __future__ import annotations

from andon.config import ServerConfig
from andon.kernel.masks import Masks
from andon.machine.sandbox.sandboxes import Sandboxes
from andon.tools.delivery.adapters.runtime_process import InstanceLogs, ProcessRuntime
from andon.wiring.running import build_groups


def build_runtime(config: ServerConfig, sandboxes: Sandboxes, service_logs: InstanceLogs) -> ProcessRuntime:
    """What runs services."""
    return ProcessRuntime(config.data / "services", sandboxes, service_logs, build_groups(config))


def build_instance_logs(config: ServerConfig, masks: Masks) -> InstanceLogs:
    """What services print."""
    return InstanceLogs(config.data / "services", masks)
