"""Limits enforced by the kernel where it lets the server do so, else by looking: cgroup v2, cgroup v1, watching.

`find_enforcement` tries the three once, in this order. What runs is identified by a key, so that a restarted server
enforces what an earlier one began.
"""

from __future__ import annotations

from andon.machine.limits.enforcement import Enforcement
from andon.machine.limits.found import find_enforcement

__all__ = ["Enforcement", "find_enforcement"]
