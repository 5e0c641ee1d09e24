"""A person's git repository, as `andon init` finds and changes it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import Invalid, PortError, Problem

_TIMEOUT = 30  #: seconds
_HELPER = "!andon credential"


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """A git repository with files."""

    #: the one with .git in it
    folder: Path

    def remote(self, name: str) -> str:
        """The remote's address; "" when there is no such remote."""
        return _git(self.folder, "config", "--local", "--get", f"remote.{name}.url", may_fail=True)

    def add_remote(self, name: str, address: str) -> None:
        """Errors: PortError."""
        _git(self.folder, "remote", "add", name, address)

    def ask_andon_for_password(self, url: str) -> None:
        """Lets git ask the `andon` command, and nobody else, for this server's token; twice is the same as once.

        Errors: PortError.
        """
        key = f"credential.{url}.helper"
        _git(self.folder, "config", "--local", "--replace-all", key, "")  # forgets helpers that would store the token
        _git(self.folder, "config", "--local", "--add", key, _HELPER)

    def branch(self) -> str:
        """The branch that is checked out; "HEAD" when none is."""
        return _git(self.folder, "symbolic-ref", "--short", "HEAD", may_fail=True) or "HEAD"


def find_working_copy(folder: Path) -> WorkingCopy:
    """The repository around a folder. Errors: Invalid, when there is none."""
    if not folder.is_dir():
        raise Invalid(Problem(where=str(folder), message="there is no such folder."))
    top = _git(folder, "rev-parse", "--show-toplevel", may_fail=True)
    if not top:
        remedy = "Make it one with: git init -b main"
        raise Invalid(Problem(where=str(folder.resolve()), message="this is no git repository.", remedy=remedy))
    return WorkingCopy(Path(top))


def _git(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    """What git answers; "" when it fails and may. Errors: PortError."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, timeout=_TIMEOUT, check=False)
    except FileNotFoundError:
        raise PortError("git is not installed on this machine.", permanent=True) from None
    except subprocess.TimeoutExpired:
        raise PortError(f"git {arguments[0]} did not end within {_TIMEOUT} s.") from None
    if done.returncode == 0:
        return done.stdout.decode(errors="replace").strip()
    if may_fail:
        return ""
    raise PortError(f"git {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}", permanent=True)
