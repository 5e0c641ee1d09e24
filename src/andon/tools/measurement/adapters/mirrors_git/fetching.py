"""Fetching into a mirror: git asks nobody, and what a server names beside the address is not followed."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.ids import CommitId
from andon.machine.git.git import PROTOCOLS, Git
from andon.machine.git.words import GitFailed, reason

FETCH_WITHIN = timedelta(minutes=25)
LOOK_UP_WITHIN = timedelta(minutes=25)
_SETTINGS = (
    "gc.auto=0",
    "maintenance.auto=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
    # where a connection may walk is checked in the address, so nobody at the other end may name another one
    "http.followRedirects=false",
    "fetch.uriProtocols=",
    "transfer.bundleURI=false",
)
_OPTIONS = ("--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow", "--filter=tree:0")
#: the network, and servers that are away for a while, come back; all else is the same the next time
_PASSES = re.compile(
    r"Could not resolve host|Couldn't connect|Connection (?:refused|reset|timed out)|timed out"
    r"|early EOF|remote end hung up|HTTP 5\d\d|returned error: 5\d\d",
    re.IGNORECASE,
)
_REDIRECTED = re.compile(r"returned error: 30\d")


def mirror(folder: Path) -> Git:
    """git in a mirror; proxies, certificates, keys and stored passwords are for the server's user to set."""
    return Git(search_path=None, folder=folder, bare=True, settings=_SETTINGS, timeout=LOOK_UP_WITHIN)


async def fetch(git: Git, address: str) -> None:
    """Every branch, with its commits and without files. Errors: PortError in git's words."""
    await _fetch(git, address, "+refs/heads/*:refs/heads/*", "--prune")


async def fetch_one(git: Git, address: str, commit: CommitId) -> None:
    """A commit that no branch leads to any more, where the other end still gives it."""
    with suppress(PortError):
        await _fetch(git, address, commit)


async def has(git: Git, commit: CommitId) -> bool:
    """Is it here?"""
    return bool(await present(git, (commit,)))


async def present(git: Git, commits: tuple[CommitId, ...]) -> tuple[CommitId, ...]:
    """Those that are here: a rewritten history may have lost some, and another mirror never had them."""
    given = "".join(f"{commit}\n" for commit in commits).encode()
    printed = await git.output("cat-file", "--batch-check", given=given, env={"GIT_NO_LAZY_FETCH": "1"})
    return tuple(
        commit for commit, line in zip(commits, printed.decode().splitlines(), strict=True) if " commit " in line
    )


async def _fetch(git: Git, address: str, what: str, *options: str) -> None:
    scheme = address.partition("://")[0]
    allowed = tuple(one for one in PROTOCOLS if one == scheme)
    fetching = replace(git, timeout=FETCH_WITHIN, protocols=allowed)
    try:
        await fetching.output("fetch", *_OPTIONS, *options, "--", address, what, env={"GIT_NO_LAZY_FETCH": "1"})
    except GitFailed as error:
        why = reason(error.said)
        raise PortError(f"git fetch: {_in_words(why)}", permanent=not _PASSES.search(why)) from error


def _in_words(why: str) -> str:
    if _REDIRECTED.search(why):
        return f"{why}: it sends git elsewhere, which is not followed. Let it name the new address."
    return why
