"""What storage needs from the world: places where one kind of thing is kept."""

from __future__ import annotations

from typing import Protocol

from andon.tools.storage.model.retention import KeptItem


class Store(Protocol):
    """One kind of thing that is kept. Calls block on the disk: make them from a thread. Errors: OSError, PortError."""

    def kept(self) -> tuple[KeptItem, ...]:
        """Everything of this kind, with what holds it."""
        ...

    def remove(self, name: str) -> None:
        """Delete one; nothing when it is gone. It needs no free space."""
        ...
