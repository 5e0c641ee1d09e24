"""A person's git repository, as `andon init` finds and changes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from andon.kernel.errors import Invalid, Problem
from andon.machine.git.git import Git
from andon.machine.git.words import GitFailed

_GIT = Git(search_path=None, timeout=timedelta(seconds=30))
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

    def files(self) -> frozenset[str]:
        """Every file that git has or would add. Errors: PortError."""
        listed = _git(self.folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return frozenset(name for name in listed.split("\0") if name)

    def branch(self) -> str:
        """The branch that is checked out; "HEAD" when none is."""
        return _git(self.folder, "symbolic-ref", "--short", "HEAD", may_fail=True) or "HEAD"


def find_working_copy(folder: Path) -> WorkingCopy:
    """The repository around a folder. Errors: Invalid, when there is none."""
    if not folder.is_dir():
        raise Invalid(Problem(where=str(folder), message="there is no such folder."))
    top, _, kind = _git(folder, "rev-parse", "--show-toplevel", "--show-object-format", may_fail=True).rpartition("\n")
    if not top:
        remedy = "Make it one with: git init -b main"
        raise Invalid(Problem(where=str(folder.resolve()), message="this is no git repository.", remedy=remedy))
    if kind == "sha256":
        remedy = "Make one with SHA-1 objects: git init --object-format=sha1, and bring the files there."
        raise Invalid(Problem(where=top, message="has SHA-256 objects, which Andon does not store.", remedy=remedy))
    return WorkingCopy(Path(top))


def _git(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    """What git answers; "" when it fails and may. Errors: PortError."""
    try:
        return _GIT.at(folder).output_now(*arguments).decode(errors="replace").strip()
    except GitFailed:
        if may_fail:
            return ""
        raise
