"""git in one mirror: it asks nobody, runs nothing that a repository configures, and ends with who asked."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.ids import CommitId

PROTOCOLS = frozenset({"https", "http", "ssh", "git", "file"})
FETCH_WITHIN_S = 25 * 60
LOOK_UP_WITHIN_S = 5 * 60
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
    # where a connection may walk is checked in the address, so nobody at the other end may name another one
    "http.followRedirects=false",
    "fetch.uriProtocols=",
    "transfer.bundleURI=false",
    "protocol.allow=never",
)
#: over what the server's user has: proxies, certificates, keys and stored passwords are theirs to set
_ASKS_NOBODY = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "false",
    "SSH_ASKPASS": "false",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C.UTF-8",
}
_WORDS = 2_000
#: the network, and servers that are away for a while, come back; all else is the same the next time
_PASSES = re.compile(
    r"Could not resolve host|Couldn't connect|Connection (?:refused|reset|timed out)|timed out"
    r"|early EOF|remote end hung up|HTTP 5\d\d|returned error: 5\d\d",
    re.IGNORECASE,
)

_REDIRECTED = re.compile(r"returned error: 30\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """The git on a search path, in one mirror."""

    folder: Path
    search_path: str

    async def fetch(self, address: str) -> None:
        """Every branch, with its commits and without files. Errors: PortError in git's words."""
        await self._fetch(address, "+refs/heads/*:refs/heads/*", "--prune")

    async def fetch_one(self, address: str, commit: CommitId) -> None:
        """A commit that no branch leads to any more, where the other end still gives it."""
        with suppress(PortError):
            await self._fetch(address, commit)

    async def has(self, commit: CommitId) -> bool:
        """Is it here?"""
        try:
            await self.output("cat-file", "-e", f"{commit}^{{commit}}")
        except PortError:
            return False
        return True

    async def present(self, commits: tuple[CommitId, ...]) -> tuple[CommitId, ...]:
        """Those that are here: a rewritten history may have lost some, and another mirror never had them."""
        given = "".join(f"{commit}\n" for commit in commits).encode()
        said = (await self.output("cat-file", "--batch-check", given=given)).decode().splitlines()
        return tuple(commit for commit, line in zip(commits, said, strict=True) if " commit " in line)

    async def output(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git prints. Errors: PortError."""
        return await self._run(arguments, given, LOOK_UP_WITHIN_S)

    async def _fetch(self, address: str, what: str, *options: str) -> None:
        arguments = (
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--update-shallow",
            "--filter=tree:0",
            *options,
        )
        scheme = address.partition("://")[0]
        allowed = scheme if scheme in PROTOCOLS else "none"
        await self._run((*arguments, "--", address, what), b"", FETCH_WITHIN_S, allowed)

    async def _run(self, arguments: tuple[str, ...], given: bytes, within_s: float, allowed: str = "none") -> bytes:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        try:
            process = await asyncio.create_subprocess_exec(
                "env",
                *(f"{name}={value}" for name, value in _ASKS_NOBODY.items()),
                f"GIT_ALLOW_PROTOCOL={allowed}",
                "git",
                *settings,
                *arguments,
                cwd=self.folder,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise PortError(f"git could not be started: {error.strerror}. Install git.", permanent=True) from None
        try:
            async with asyncio.timeout(within_s):
                printed, said = await process.communicate(given)
        except TimeoutError:
            raise PortError(f"git {arguments[0]} was ended after {within_s / 60:.0f} min.") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode:
            reason = _reason(said)
            raise PortError(f"git {arguments[0]}: {reason}", permanent=not _PASSES.search(reason))
        return printed


def _reason(said: bytes) -> str:
    """git's own last word, without passwords."""
    text = re.sub(r"//[^/@\s]+@", "//", said[-_WORDS:].decode(errors="replace"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")]
    reason = (fatal or lines or ["it failed without a word."])[-1]
    if _REDIRECTED.search(reason):
        return f"{reason.rstrip('.')}: it sends git elsewhere, which is not followed. Let it name the new address."
    return reason
