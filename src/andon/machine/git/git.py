"""Calling git: what it sees of this machine, how long it may take, and how much it may print."""

from __future__ import annotations

import os
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from andon.kernel.errors import PortError
from andon.machine.git.process import Process, Start
from andon.machine.git.words import TooMuch, clean, failed

if TYPE_CHECKING:
    from andon.machine.git.child import Child

#: the first that the server works with
OLDEST = (2, 31)
#: of what is read whole
MOST_OUTPUT_BYTES = 64 * 1024 * 1024
#: of one line of what is read as it comes
_LONGEST_LINE_BYTES = 1024 * 1024
#: what git may fetch by, where it may fetch
PROTOCOLS = ("https", "http", "ssh", "git", "file")

#: no repository's own settings name a program that is run here
_ALWAYS = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "gpg.program=false", "advice.detachedHead=false")
_CLOSED = (
    "core.sshCommand=false",
    "core.attributesFile=/dev/null",
    "credential.helper=",
    "protocol.allow=never",
    "safe.directory=*",
)
#: nobody is asked for a password
_ASKS_NOBODY = {
    "LC_ALL": "C.UTF-8",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "false",
    "SSH_ASKPASS": "false",
    "SSH_ASKPASS_REQUIRE": "never",
}
_NOTHING_OF_THE_USER = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
}
#: what a git hook gives to the programs that it runs: another repository is meant here
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_COMMON_DIR")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAnswer:
    """What git printed and how it ended."""

    code: int
    output: bytes
    complaints: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """The git command on this machine, in one folder."""

    #: where git is looked for; None for the PATH of this process, with its user's own settings of git: proxies,
    #: certificates, keys, stored passwords, filters
    search_path: str | None
    folder: Path = Path("/")
    #: the folder is a repository without files
    bare: bool = False
    #: git settings ("name=value") beside ours
    settings: tuple[str, ...] = ()
    #: what it may fetch by; nothing as a rule
    protocols: tuple[str, ...] = ()
    #: git's HOME; a folder that is empty, or none
    home: Path = Path(os.devnull)
    timeout: timedelta = timedelta(minutes=2)
    #: between two bytes of what is read as it comes
    silence: timedelta = timedelta(minutes=2)
    most_bytes: int = MOST_OUTPUT_BYTES

    def at(self, folder: Path) -> Git:
        """The same git in another folder."""
        return replace(self, folder=folder)

    def start(self, *arguments: str, given: bytes | None = b"", env: Mapping[str, str] | None = None) -> Start:
        """How git is started with these arguments; `env` comes on top of its environment."""
        path = self.search_path
        settings = (*_ALWAYS, *(_CLOSED if path is not None else ()), *self.settings)
        command = ["git", "--no-pager", *(part for setting in settings for part in ("-c", setting))]
        command += [f"--git-dir={self.folder}"] if self.bare else []
        seen = self._environment() | dict(env or {})
        return Start(
            command=[*([] if path is not None else _over_our_own(seen)), *command, *arguments],
            environment=seen if path is not None else None,
            folder=Path("/") if self.bare else self.folder,
            given=given,
        )

    def _environment(self) -> dict[str, str]:
        allowed = {"GIT_ALLOW_PROTOCOL": ":".join(self.protocols) or "none"}
        if self.search_path is None:
            return _ASKS_NOBODY | allowed
        return _ASKS_NOBODY | _NOTHING_OF_THE_USER | {"PATH": self.search_path, "HOME": str(self.home)} | allowed

    # for a coroutine that waits

    @asynccontextmanager
    async def started(
        self, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None
    ) -> AsyncIterator[Child]:
        """git, running; it is gone at the end. Errors: PortError when it takes too long."""
        from asyncio import timeout

        from andon.machine.git.child import Child

        child = Child(self.start(*arguments, given=given, env=env))
        try:
            async with timeout(self.timeout.total_seconds()):
                yield child
        except TimeoutError as error:
            raise _late(arguments, self.timeout) from error
        finally:
            await child.stop()
            child.close()

    async def run(self, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None) -> GitAnswer:
        """Run git to its end. Errors: TooMuch when it prints too much; PortError."""
        async with self.started(*arguments, given=given, env=env) as child:
            output = bytearray()
            while part := await child.read():
                output += part
                _limit(arguments, len(output), self.most_bytes)
            return GitAnswer(code=await child.exited(), output=bytes(output), complaints=clean(child.complaints()))

    async def output(self, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """What git prints. Errors: GitFailed with git's words; PortError."""
        return self._printed(arguments, await self.run(*arguments, given=given, env=env))

    async def lines(
        self, *arguments: str, end: bytes = b"\n", given: bytes = b"", env: Mapping[str, str] | None = None
    ) -> AsyncGenerator[list[bytes], None]:
        """What git prints, some whole lines at a time, however much it is. To be closed by who leaves early.

        Errors: GitFailed; TooMuch when one line is too long; PortError.
        """
        async with self.started(*arguments, given=given, env=env) as child:
            rest = b""
            while part := await child.read():
                *whole, rest = (rest + part).split(end)
                _limit(arguments, len(rest), _LONGEST_LINE_BYTES)
                yield whole
            if rest:
                yield [rest]
            _require(self._called(arguments), await child.exited(), child)

    async def each_line(
        self, *arguments: str, take: Callable[[bytes], None], end: bytes = b"\n", env: Mapping[str, str] | None = None
    ) -> None:
        """Hand on each line that git prints; git is ended when `take` raises an error. Errors: as those of lines."""
        async with aclosing(self.lines(*arguments, end=end, env=env)) as parts:
            async for whole in parts:
                for line in whole:
                    take(line)

    # for a thread that waits

    def output_now(self, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """What git prints. Errors: GitFailed with git's words; TooMuch; PortError."""
        end = time.monotonic() + self.timeout.total_seconds()
        output = bytearray()
        try:
            with running(self.start(*arguments, given=given, env=env)) as process:
                while part := process.read_within(end - time.monotonic()):
                    output += part
                    _limit(arguments, len(output), self.most_bytes)
                code = process.exit_code_within(end - time.monotonic())
                answer = GitAnswer(code=code, output=bytes(output), complaints=clean(process.complaints()))
        except TimeoutError:
            raise _late(arguments, self.timeout) from None
        return self._printed(arguments, answer)

    def chunks_now(self, start: Start, who: str) -> Iterator[bytes]:
        """What git prints, as it prints it. Errors: GitFailed; PortError when nothing comes for too long."""
        silent_s = self.silence.total_seconds()
        began = time.monotonic()
        with running(start) as process:
            try:
                while part := process.read_within(silent_s):
                    yield part
                code = process.exit_code_within(silent_s)
            except TimeoutError:
                waited = time.monotonic() - began
                raise PortError(f"{who} was stopped after {waited:.0f} s: no output for {silent_s:.0f} s.") from None
            _require(who, code, process)

    def _printed(self, arguments: tuple[str, ...], answer: GitAnswer) -> bytes:
        """Errors: GitFailed."""
        if answer.code != 0:
            raise failed(self._called(arguments), answer.code, answer.complaints)
        return answer.output

    def _called(self, arguments: tuple[str, ...]) -> str:
        where = f" in {self.folder.name}" if self.bare else ""
        return f"git {_verb(arguments)}{where}"

    async def require_version(self) -> None:
        """Errors: PortError when git is too old to keep to our settings, and with them to our hooks."""
        printed = (await self.output("version")).decode()
        found = re.search(r"(\d+)\.(\d+)", printed)
        if not found or (int(found[1]), int(found[2])) < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise PortError(f"Andon needs git {wanted} or newer; here is {printed.strip()}.", permanent=True)


@contextmanager
def running(start: Start) -> Iterator[Process]:
    """git, running, for a thread that waits; it is gone at the end. Errors: PortError."""
    process = Process(start)
    try:
        yield process
    finally:
        process.kill()
        process.close()


def _over_our_own(seen: Mapping[str, str]) -> list[str]:
    """The command that puts this on top of the environment of this process, which is not read here."""
    forgotten = (part for name in _OF_A_HOOK if name not in seen for part in ("-u", name))
    return ["env", *forgotten, *(f"{name}={value}" for name, value in seen.items())]


def _verb(arguments: tuple[str, ...]) -> str:
    return next((word for word in arguments if not word.startswith("-")), "git")


def _limit(arguments: tuple[str, ...], size_bytes: int, most_bytes: int) -> None:
    if size_bytes > most_bytes:
        raise TooMuch(f"git {_verb(arguments)} printed more than {most_bytes:,} bytes.", permanent=True)


def _late(arguments: tuple[str, ...], timeout: timedelta) -> PortError:
    return PortError(f"git {_verb(arguments)} took longer than {timeout.total_seconds():g} s.")


def _require(called: str, code: int, process: Process) -> None:
    """Errors: GitFailed when the process did not end well."""
    if code != 0:
        raise failed(called, code, clean(process.complaints()))
