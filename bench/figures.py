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
    Figure(
        program="latency",
        key="first_task_ms",
        says="line: push accepted to first task started",
        unit="ms",
        most=150,
        control="control_push_ms",
        control_says="git push into a folder, and a process",
    ),
    Figure(
        program="latency",
        key="beside_ms",
        says="line: a run of 3 tasks that do nothing, side by side",
        unit="ms",
        most=400,
        control="control_run_ms",
        control_says="git clone --shared and 3 sandboxes by hand",
    ),
    Figure(
        program="latency",
        key="chained_ms",
        says="line: the same, one after the other",
        unit="ms",
        most=400,
        control="control_run_ms",
        control_says="git clone --shared and 3 sandboxes by hand",
    ),
    Figure(
        program="throughput",
        key="runs_per_s",
        says="line: such runs, 100 queued",
        unit="/s",
        least=15,
        control="control_per_s",
        control_says="by hand, as many at once",
    ),
    Figure(
        program="throughput",
        key="cpu_per_run_s",
        says="line: the server's own processor time for each of them",
        unit="s",
        most=0.05,
    ),
    Figure(
        program="logs",
        key="more_than_bare_s",
        says="logs: a task that prints 1,000,000 lines, longer than bare by",
        unit="s",
        most=0.5,
        control="control_s",
        control_says="the bare command, all of it",
    ),
    Figure(
        program="logs",
        key="grown_mib",
        says="logs: the server's memory grows meanwhile by",
        unit="MiB",
        most=20,
    ),
    Figure(
        program="logs",
        key="cold_ms",
        says="logs: the last 1,000 lines of 1,000,000, the first question to a new server",
        unit="ms",
        most=50,
    ),
    Figure(program="logs", key="middle_ms", says="logs: 1,000 lines in the middle", unit="ms", most=50),
    Figure(
        program="logs",
        key="search_ms",
        says="logs: search to the last line",
        unit="ms",
        control="control_search_ms",
        control_says="grep",
    ),
    Figure(
        program="idle",
        key="start_s",
        says="server: start on an empty folder, to its first answer",
        unit="s",
        most=2,
        control="control_start_s",
        control_says="python -m http.server",
    ),
    Figure(program="idle", key="start_long_s", says="server: start with 50,000 entries", unit="s"),
    Figure(
        program="idle",
        key="rss_mib",
        says="server: memory when idle, with a service in two environments",
        unit="MiB",
        most=120,
        control="control_rss_mib",
        control_says="python -m http.server",
    ),
    Figure(
        program="idle",
        key="cpu_percent",
        says="server: processor when idle",
        unit="%",
        most=1,
        control="control_cpu_percent",
        control_says="python -m http.server",
    ),
    Figure(
        program="pages",
        key="board_ms",
        says="pages: the board",
        unit="ms",
        most=100,
        control="login_ms",
        control_says="a page that asks nothing",
    ),
    Figure(program="pages", key="run_ms", says="pages: a run", unit="ms", most=100),
    Figure(program="pages", key="artifact_ms", says="pages: an artifact", unit="ms", most=100),
    Figure(
        program="measurement_git",
        key="report_s",
        says="measure: 10,398 commits and 3,397 releases, from the command line to the report",
        unit="s",
        most=2,
        control="control_s",
        control_says="git log and git tag alone",
    ),
    Figure(program="measurement_git", key="page_s", says="measure: the same with the HTML file", unit="s"),
    Figure(program="measurement_git", key="peak_mib", says="measure: memory at its most", unit="MiB"),
    Figure(
        program="measurement_intake",
        key="deliveries_per_s",
        says="intake: saved webhooks of GitHub's size, from a file to facts",
        unit="/s",
        least=10_000,
        control="control_deliveries_per_s",
        control_says="json.loads of the same lines",
    ),
    Figure(
        program="measurement_intake",
        key="rows_per_s",
        says="intake: 1,000,000 rows of CSV with 1,000 broken ones, to facts",
        unit="/s",
        control="control_rows_per_s",
        control_says="csv.DictReader over the same file",
    ),
    Figure(
        program="measurement_intake",
        key="rows_grown_mib",
        says="intake: memory grows meanwhile by",
        unit="MiB",
        most=20,
    ),
    Figure(
        program="measurement_export",
        key="csv_rows_per_s",
        says="export: 1,000,000 deployments to CSV, through the wire's JSON lines",
        unit="/s",
        control="control_rows_per_s",
        control_says="csv.writer of one row, again and again",
    ),
    Figure(program="measurement_export", key="parquet_rows_per_s", says="export: the same to Parquet", unit="/s"),
    Figure(
        program="measurement_export", key="parquet_peak_mib", says="export: memory at its most", unit="MiB", most=500
    ),
    Figure(
        program="measurement_numbers",
        key="slowest_s",
        says="measurement: the slowest number of 1,000,000 deployments in 1,000 places, processor time",
        unit="s",
        most=1,
        control="control_s",
        control_says="1,000,000 plain values sorted, and their median",
    ),
    Figure(
        program="measurement_numbers",
        key="first_s",
        says="measurement: all of them followed for the first time, once in a server's life",
        unit="s",
        control="control_s",
        control_says="1,000,000 plain values sorted, and their median",
    ),
    Figure(
        program="measurement_numbers",
        key="rss_mib",
        says="measurement: memory with all of them and their answers",
        unit="MiB",
        most=500,
        control="told_mib",
        control_says="the facts alone",
    ),
    Figure(
        program="measurement_numbers",
        key="overview_ms",
        says="measurement: all numbers of 20 services of a busy year, in a window that nobody asked for before",
        unit="ms",
        most=150,
    ),
    Figure(
        program="measurement_numbers",
        key="overview_live_ms",
        says="measurement: the same after a new deployment",
        unit="ms",
        most=50,
    ),
    Figure(
        program="measurement_flow",
        key="value_stream_ms",
        says="measurement: the value stream of one of five services of a busy year, never asked before, processor time",
        unit="ms",
        most=1000,
        control="control_ms",
        control_says="every commit walked and every run passed, once",
    ),
    Figure(program="measurement_flow", key="flow_ms", says="measurement: its flow", unit="ms", most=1000),
    Figure(program="measurement_flow", key="waste_ms", says="measurement: its waste", unit="ms", most=1000),
    Figure(program="measurement_flow", key="cost_ms", says="measurement: what a change costs", unit="ms", most=1000),
    Figure(program="measurement_flow", key="again_ms", says="measurement: its value stream again", unit="ms", most=150),
    Figure(
        program="measurement_flow",
        key="single_value_stream_ms",
        says="measurement: the value stream where all 100,000 commits are one service's",
        unit="ms",
    ),
    Figure(program="measurement_flow", key="single_flow_ms", says="measurement: its flow", unit="ms", most=1000),
    Figure(
        program="measurement_pages",
        key="slowest_ms",
        says="measurement: the slowest page, a new question about a year of 100,000 commits and 20,000 deployments",
        unit="ms",
        most=150,
        control="login_ms",
        control_says="a page that asks nothing",
    ),
    Figure(
        program="measurement_pages",
        key="place_ms",
        says="measurement: all numbers of a service, by six definitions",
        unit="ms",
        most=150,
        control="place_again_ms",
        control_says="the same question again",
    ),
    Figure(program="measurement_pages", key="start_s", says="measurement: the server's start with that year", unit="s"),
    Figure(program="measurement_pages", key="rss_mib", says="measurement: the server's memory with it", unit="MiB"),
)
