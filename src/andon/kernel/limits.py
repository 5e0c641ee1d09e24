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


#: how a task or service exceeds a limit: what it did, of what, and what it may do instead
_EXCEEDED = {
    "memory": ("used", " of memory", "use less"),
    "processes": ("started", "", "start fewer"),
    "disk": ("wrote", " to disk", "write less"),
    "files": ("made", "", "make fewer"),
}


def exceeded(name: str, limits: Limits) -> str:
    """The sentence for a task or service that exceeded "memory", "processes", "disk" or "files"."""
    verb, of, instead = _EXCEEDED[name]
    most = amount(name, getattr(limits, name))
    limit = most if name in SIZES else most.removesuffix(f" {name}")
    return f"{verb} more than {most}{of} (limit: {limit}); raise `limits.{name}` or {instead}"
