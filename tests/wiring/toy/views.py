"""What toy remembers."""

from __future__ import annotations

from andon.kernel.envelope import Envelope
from tests.wiring.toy.events import BellRang


class Bells:
    """A count."""

    def __init__(self) -> None:
        self.count = 0

    def apply(self, happened: Envelope[object]) -> None:
        self.count += isinstance(happened.event, BellRang)
