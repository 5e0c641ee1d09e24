"""Runs services as processes of this machine, each in its own bubblewrap sandbox."""

from __future__ import annotations

from andon.tools.delivery.adapters.runtime_process.instance_logs import InstanceLogs
from andon.tools.delivery.adapters.runtime_process.runtime import ProcessRuntime

__all__ = ["InstanceLogs", "ProcessRuntime"]
