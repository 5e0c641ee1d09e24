"""Routes requests with HAProxy: one process a service and environment, steered over its runtime socket."""

from __future__ import annotations

from andon.tools.delivery.adapters.router_haproxy.binary import find_haproxy
from andon.tools.delivery.adapters.router_haproxy.router import HAProxyConfig, HAProxyRouter

__all__ = ["HAProxyConfig", "HAProxyRouter", "find_haproxy"]
