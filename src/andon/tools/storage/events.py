"""What storage says happened: sweeps that deleted something."""

from __future__ import annotations

from andon.tools.storage.model.storage import StorageSwept

EVENTS: tuple[type, ...] = (StorageSwept,)

__all__ = ["EVENTS", "StorageSwept"]
