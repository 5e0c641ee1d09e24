"""What toy remembers."""

from __future__ import annotations

from andon.kernel.envelope import Envelope
from tests.wiring.toy.events import BellEchoed, BellRang


class Bells:
    """A count."""

    def __init__(self) -> None:
        self.count = self.echoes = 0

    def apply(self, happened: Envelope[object]) -> None:
        self.count += isinstance(happened.event, BellRang)
        self.echoes += isinstance(happened.event, BellEchoed)
