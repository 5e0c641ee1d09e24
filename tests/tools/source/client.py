"""git as a person has it: a working copy, commits, and commands whose output can be watched."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "LC_ALL": "C.UTF-8",
}


@dataclass
class Running:
    """A git command that goes on: what it said so far, and when."""

    process: asyncio.subprocess.Process
    #: seconds on the monotonic clock, and the line
    said: list[tuple[float, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line for _, line in self.said)

    def heard(self, words: str) -> float:
        """When a line with these words came; 0 when none has."""
        return next((at for at, line in self.said if words in line), 0.0)

    async def ended(self) -> int:
        return await self.process.wait()


@dataclass(frozen=True)
class Copy:
    """A working copy."""

    folder: Path

    async def git(self, *arguments: str, code: int | None = 0) -> str:
        """Run git to its end; what it printed. `code` None takes any exit code."""
        async with self.started(*arguments) as running:
            async with asyncio.timeout(60):
                ended = await running.ended()
        if code is not None:
            assert ended == code, running.text
        return running.text

    @asynccontextmanager
    async def started(self, *arguments: str, **environment: str) -> AsyncIterator[Running]:
        """Run git; it is ended, if it has not, at the end."""
        process = await asyncio.create_subprocess_exec(
            "git",
            "-c",
            "http.lowSpeedTime=60",
            *arguments,
            cwd=self.folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **_ENVIRONMENT, **environment},
        )
        running = Running(process)
        listening = asyncio.create_task(_listen(running))
        try:
            yield running
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)  # as Ctrl-C does: git and all it started
            await listening
            await process.wait()

    async def commit(self, subject: str, **files: str) -> str:
        """A commit with these files; its id."""
        for name, content in (files or {"file": f"{subject}\n"}).items():
            (self.folder / name).write_text(content)
        await self.git("add", "-A")
        await self.git("commit", "-q", "--allow-empty", "-m", subject)
        return await self.git("rev-parse", "HEAD")


async def _listen(running: Running) -> None:
    assert running.process.stdout
    async for raw in running.process.stdout:
        running.said.append((time.monotonic(), raw.decode().rstrip("\n").rstrip()))


async def working_copy(folder: Path, remote: str = "") -> Copy:
    """A new repository on branch main."""
    folder.mkdir(parents=True)  # noqa: ASYNC240  (a test may wait for its own disk)
    copy = Copy(folder)
    await copy.git("init", "-q", "-b", "main")
    if remote:
        await copy.git("remote", "add", "origin", remote)
    return copy
