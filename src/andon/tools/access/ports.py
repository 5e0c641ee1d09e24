"""What access needs from the world."""

from __future__ import annotations

from typing import Protocol


class Randomness(Protocol):
    """Where secrets come from."""

    def secret(self) -> str:
        """160 random bits in letters and digits, never the same twice, that nobody can guess."""
        ...
