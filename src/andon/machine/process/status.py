"""What bubblewrap wrote about a sandbox: its first process, its namespace, and how the program ended."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec


class _Line(msgspec.Struct, rename="kebab"):
    child_pid: int = 0
    pid_namespace: int = 0
    exit_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status file, read."""

    #: the sandbox's first process as the host sees it; 0 without a sandbox
    sandbox_pid: int = 0
    #: its process namespace, so that another process with the same pid is not taken for it
    namespace: int = 0
    #: None until the program has ended by itself
    exit_code: int | None = None

    def is_alive(self) -> bool:
        """Whether processes of the sandbox may still exist; its first one is a zombie only when all others are gone."""
        try:
            namespace = os.stat(f"/proc/{self.sandbox_pid}/ns/pid").st_ino  # noqa: PTH116  (a link that names no path)
            state = Path(f"/proc/{self.sandbox_pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
        except OSError:
            return False
        return namespace == self.namespace and state not in {b"Z", b"X"}


def read_status(path: Path) -> Status:
    """What is known so far; lines that are not whole yet are not counted."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Status()
    lines = [_decoded(line) for line in text.split(b"\n")[:-1]]
    started = next((line for line in lines if line.child_pid), _Line())
    codes = [line.exit_code for line in lines if line.exit_code is not None]
    return Status(
        sandbox_pid=started.child_pid, namespace=started.pid_namespace, exit_code=codes[-1] if codes else None
    )


def _decoded(line: bytes) -> _Line:
    try:
        return msgspec.json.decode(line, type=_Line)
    except msgspec.DecodeError:
        return _Line()
