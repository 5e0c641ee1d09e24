"""git as this adapter calls it: nobody's configuration, no hooks, no protocols, a time limit."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from andon.kernel.errors import PortError

TIMEOUT_S = 120

#: what a repository's own settings may not change
_SETTINGS = (
    "core.bare=false",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "protocol.allow=never",
    "safe.directory=*",
    "advice.detachedHead=false",
)
_ENV = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
}


class GitFailed(PortError):
    """git said no; the text is what it printed."""


class Git:
    """The git on a search path."""

    def __init__(self, search_path: str) -> None:
        self._env = {**_ENV, "PATH": search_path}

    async def run(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> bytes:
        """What git prints. Errors: GitFailed with its own words; PortError when it takes too long or can't start."""
        return await asyncio.to_thread(_run, folder, arguments, {**self._env, **(env or {})})


def _run(folder: Path, arguments: tuple[str, ...], env: Mapping[str, str]) -> bytes:
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    command = ["git", *settings, f"--git-dir={folder}", *arguments]
    verb = next(word for word in arguments if not word.startswith("-"))
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env=dict(env),
        )
    except subprocess.TimeoutExpired as error:
        raise PortError(f"git {verb} took longer than {TIMEOUT_S} s", permanent=True) from error
    except OSError as error:
        raise PortError(f"git could not be started: {error}. Install git.", permanent=True) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[:2000]
        raise GitFailed(f"git {verb} failed: {said}", permanent=True)
    return done.stdout
