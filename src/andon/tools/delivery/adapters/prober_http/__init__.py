"""Asks checks by HTTP/1.1 on loopback."""

from __future__ import annotations

from andon.tools.delivery.adapters.prober_http.prober import HttpProber

__all__ = ["HttpProber"]
