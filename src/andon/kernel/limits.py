"""How much of a machine one task or service instance may use, and the sentence for what exceeded it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from andon.kernel.sizes import GIBIBYTE, print_size

#: the limits that are bytes
SIZES = ("memory", "disk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is enforced."""

    #: bytes of memory, files in memory file systems counted
    memory: int = 2 * GIBIBYTE
    #: processors it may use at once, as a decimal; 0 is all of them
    cpu: float = 0.0
    #: processes and threads at once
    processes: int = 1000
    #: open files of each process
    open_files: int = 16_384
    #: bytes on disk as its blocks occupy them: workspace, home, temporary files and log
    disk: int = 5 * GIBIBYTE
    #: files and folders on disk
    files: int = 500_000


#: more is never permitted, whatever the server's settings are
LARGEST = Limits(
    memory=1024 * GIBIBYTE,
    cpu=1024.0,
    processes=30_000,
    open_files=1_000_000,
    disk=16 * 1024 * GIBIBYTE,
    files=20_000_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLimits:
    """The limits that a pipeline file names; None takes the server's default."""

    memory: int | None = None
    cpu: float | None = None
    processes: int | None = None
    open_files: int | None = None
    disk: int | None = None
    files: int | None = None

    def over(self, below: AskedLimits) -> AskedLimits:
        """These, and those of `below` where these name none."""
        return replace(below, **_given(self))

    def on(self, default: Limits) -> Limits:
        """The default with what is asked for."""
        return replace(default, **_given(self))


def _given(asked: AskedLimits) -> dict[str, Any]:
    values = ((one.name, getattr(asked, one.name)) for one in fields(asked))
    return {name: value for name, value in values if value is not None}


NOTHING_ASKED = AskedLimits()


def bounded(limits: Limits, largest: Limits) -> Limits:
    """The limits, none of them above the largest; a `cpu` of 0 in either means all processors."""
    names = [one.name for one in fields(limits) if one.name != "cpu"]
    cut = {name: min(getattr(limits, name), getattr(largest, name)) for name in names}
    return replace(limits, cpu=_smaller_share(limits.cpu, largest.cpu), **cut)


def _smaller_share(one: float, other: float) -> float:
    return min(share for share in (one, other) if share) if one or other else 0.0


def excess(asked: AskedLimits, largest: Limits) -> dict[str, str]:
    """The limits asked for that are above the largest, by name, each with its sentence."""
    above = {
        name: value
        for name, value in _given(asked).items()
        if getattr(largest, name) and value > getattr(largest, name)
    }
    return {
        name: f"{amount(name, value)} is more than this server permits, {amount(name, getattr(largest, name))}."
        for name, value in above.items()
    }


def amount(name: str, value: float) -> str:
    """A limit's value in words: "2 GiB", "200 processes"."""
    if name in SIZES:
        return print_size(int(value))
    noun = {"cpu": "processors", "open_files": "open files"}.get(name, name)
    return f"{value:,g} {noun}" if name == "cpu" else f"{int(value):,} {noun}"


def used_more_memory(limits: Limits) -> str:
    """The sentence for a task or service that the kernel, or the server, ended for its memory."""
    size = print_size(limits.memory)
    return f"used more than {size} of memory (limit: {size}); raise `limits.memory` or use less"


def started_more_processes(limits: Limits) -> str:
    """The sentence for one that tried to have more processes at once."""
    count = f"{limits.processes:,} processes"
    return f"started more than {count} (limit: {limits.processes:,}); raise `limits.processes` or start fewer"


def wrote_more_bytes(limits: Limits) -> str:
    """The sentence for one that occupies too much disk."""
    size = print_size(limits.disk)
    return f"wrote more than {size} to disk (limit: {size}); raise `limits.disk` or write less"


def made_more_files(limits: Limits) -> str:
    """The sentence for one that has too many files and folders."""
    return f"made more than {limits.files:,} files (limit: {limits.files:,}); raise `limits.files` or make fewer"
