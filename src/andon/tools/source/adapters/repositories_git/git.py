"""Calling git: a closed environment, no configuration but ours, and a time limit on every call."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from andon.kernel.errors import PortError
from andon.tools.source.adapters.repositories_git.child import Child
from andon.tools.source.ports import NO_QUARANTINE, Quarantine

#: the first that takes settings from its environment
OLDEST = (2, 31)
MOST_OUTPUT_BYTES = 64 * 1024 * 1024


class TooMuch(PortError):
    """git printed more than was wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What git printed and how it ended."""

    code: int
    output: bytes
    complaints: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """The git command on this machine."""

    #: an empty folder that git takes for its user's
    home: Path
    #: where git is looked for
    search_path: str
    #: for every call but those that serve a client
    timeout: timedelta = timedelta(seconds=60)

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """All that git sees of this machine; `settings` are git settings for this call and what it starts."""
        numbered: dict[str, str] = {}
        for number, (key, value) in enumerate({"safe.directory": "*", **settings}.items()):
            numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return {
            "PATH": self.search_path,
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_COUNT": str(len(settings) + 1),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            **numbered,
        }

    async def require_version(self) -> None:
        """Errors: PortError when git is too old to keep to the settings of a call, and with them to our hooks."""
        printed = (await self.output(self.home, "version")).decode()
        found = re.search(r"(\d+)\.(\d+)", printed)
        if not found or (int(found[1]), int(found[2])) < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise PortError(f"Andon needs git {wanted} or newer; here is {printed.strip()}.", permanent=True)

    @asynccontextmanager
    async def started(
        self, folder: Path, *arguments: str, objects: Mapping[str, str] | None = None
    ) -> AsyncIterator[Child]:
        """git, running in the repository; it is gone at the end. Errors: PortError when it takes too long."""
        environment = self.environment({}) | dict(objects or {})
        child = Child(("git", f"--git-dir={folder}", *arguments), environment)
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                yield child
        except TimeoutError as error:
            raise PortError(f"git {arguments[0]} took longer than {self.timeout.total_seconds():.0f} s.") from error
        finally:
            await child.stop()
            child.close()

    async def run(
        self, folder: Path, *arguments: str, quarantine: Quarantine = NO_QUARANTINE, most_bytes: int = MOST_OUTPUT_BYTES
    ) -> Answer:
        """Run git in the repository to its end. Errors: TooMuch when it prints more than `most_bytes`."""
        async with self.started(folder, *arguments, objects=seeing(folder, quarantine)) as child:
            output = bytearray()
            while part := await child.read():
                output += part
                if len(output) > most_bytes:
                    raise TooMuch(f"git {arguments[0]} printed more than {most_bytes:,} bytes.", permanent=True)
            return Answer(code=await child.exited(), output=bytes(output), complaints=child.complaints())

    async def each_line(
        self, folder: Path, *arguments: str, objects: Mapping[str, str], take: Callable[[bytes], None]
    ) -> None:
        """Hand on what git prints, a line at a time, however much it is. Errors: PortError when git fails."""
        async with self.started(folder, *arguments, objects=objects) as child:
            rest = b""
            while part := await child.read():
                *whole, rest = (rest + part).split(b"\n")
                for line in whole:
                    take(line)
            if await child.exited() != 0:
                raise PortError(f"git {arguments[0]} failed in {folder.name}: {child.complaints()}")

    async def output(self, folder: Path, *arguments: str, quarantine: Quarantine = NO_QUARANTINE) -> bytes:
        """What git prints. Errors: PortError when it fails."""
        answer = await self.run(folder, *arguments, quarantine=quarantine)
        if answer.code != 0:
            raise PortError(f"git {arguments[0]} failed in {folder.name}: {answer.complaints or answer.code}")
        return answer.output


def seeing(folder: Path, quarantine: Quarantine) -> dict[str, str]:
    """The environment in which git sees a push's objects before they are accepted."""
    if not quarantine:
        return {}
    return {"GIT_OBJECT_DIRECTORY": quarantine, "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(folder / "objects")}
