"""What measurement tells the other tools."""

from __future__ import annotations

__all__ = ["EVENTS"]

EVENTS: tuple[type, ...] = ()
