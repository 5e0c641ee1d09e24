"""The figures that we promise: which program measures them, their target, and the control beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: what a program printed: one JSON object
Measured = Mapping[str, float | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that we promise."""

    #: file in this folder without its ending
    program: str
    #: its name in what the program prints
    key: str
    says: str
    unit: str
    #: at least this much; None when there is no floor
    least: float | None = None
    #: at most this much; None when there is no ceiling
    most: float | None = None
    #: the control's name in what the program prints; "" when there is none
    control: str = ""
    control_says: str = ""

    @property
    def target(self) -> str:
        if self.least is not None:
            return f"at least {number(self.least)}"
        return f"at most {number(self.most)}" if self.most is not None else "–"

    def is_kept(self, measured: float) -> bool:
        return (self.least is None or measured >= self.least) and (self.most is None or measured <= self.most)


def number(value: float) -> str:
    """The number as a person reads it."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


FIGURES: tuple[Figure, ...] = (
    Figure(
        program="ledger",
        key="events_per_s",
        says="ledger: events appended in durable batches of 500",
        unit="/s",
        least=20_000,
        control="control_rows_per_s",
        control_says="the same bytes through sqlite3 itself",
    ),
    Figure(program="ledger", key="replay_per_s", says="ledger: entries read by a follower", unit="/s"),
    Figure(program="ledger", key="single_append_ms", says="ledger: one durable append, alone", unit="ms"),
    Figure(
        program="registry",
        key="push_mb_per_s",
        says="registry: push of one file of 500 MB",
        unit="MB/s",
        least=100,
        control="control_mb_per_s",
        control_says="copy, sha256 and fsync of the same file",
    ),
    Figure(
        program="registry",
        key="pull_mb_per_s",
        says="registry: pull of the same file",
        unit="MB/s",
        control="control_mb_per_s",
        control_says="copy, sha256 and fsync of the same file",
    ),
    Figure(
        program="registry",
        key="server_rss_peak_mib",
        says="registry: the server's memory at its most",
        unit="MiB",
        most=100,
        control="server_rss_before_mib",
        control_says="before the first byte",
    ),
    Figure(
        program="traffic",
        key="failed",
        says="traffic: requests lost in ten full switches under 40 keep-alive connections",
        unit="requests",
        most=0,
        control="control_failed",
        control_says="the same in the wrong order, twice",
    ),
    Figure(program="traffic", key="requests", says="traffic: requests in that time", unit="requests"),
)
