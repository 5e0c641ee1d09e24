"""What a sandbox is to be: its root, what is mounted, its network, who it runs as, and its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

TEMPORARY = "/tmp"  # noqa: S108  (a mount point inside a sandbox of its own)

#: "own": loopback alone; "host": this machine's network
Network = Literal["own", "host"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A file or folder of the host at a place inside."""

    source: Path
    target: str
    is_writable: bool = False

    def options(self) -> tuple[str, ...]:
        return ("--bind" if self.is_writable else "--ro-bind", str(self.source), self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """An empty folder in memory, gone with the sandbox."""

    target: str

    def options(self) -> tuple[str, ...]:
        return ("--tmpfs", self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayMount:
    """A folder of the host that may be written over; what is written goes to another folder."""

    source: Path
    target: str
    changes: Path
    #: empty, on the same file system as `changes`
    work: Path

    def options(self) -> tuple[str, ...]:
        return ("--overlay-src", str(self.source), "--overlay", str(self.changes), str(self.work), self.target)


Mount = Bind | Scratch | OverlayMount


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSpec:
    """One sandbox."""

    #: folder that becomes its root, and what is written there is thrown away; None shows the host's system instead
    root: Path | None = None
    #: in order, over the root
    mounts: tuple[Mount, ...] = ()
    #: folder of the host whose user the sandbox runs as, where sandboxes have users of their own; None: a new one
    owner: Path | None = None
    network: Network = "own"
    #: working directory
    folder: str = "/"
    #: all of it
    environment: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> tuple[Path, ...]:
        """The folders of the host that it writes to."""
        found: list[Path] = []
        for mount in self.mounts:
            if isinstance(mount, OverlayMount):
                found += (mount.changes, mount.work)
            elif isinstance(mount, Bind) and mount.is_writable:
                found.append(mount.source)
        return tuple(found)
