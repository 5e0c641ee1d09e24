"""Clocks for servers under test."""

from __future__ import annotations

from datetime import datetime, timedelta

from andon.engine.clock import SystemClock


class ClockAhead:
    """The machine's clock, set forward; with a negative distance, back."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return SystemClock().now() + self._ahead
