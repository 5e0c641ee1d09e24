"""Real git repositories of any shape and time, made in one go: what a test of measuring walks over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from andon.machine.git.git import Git

_WHO = b"<somebody@example.org>"
_AT_WORK = "refs/planting/now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One commit that is to be."""

    #: by which others name it
    name: str
    parents: tuple[str, ...]
    #: seconds since 1970
    committed: int
    authored: int
    author: bytes = b"Ada"
    #: its message; the name when there is none
    message: bytes = b""


@dataclass(slots=True)
class GitHistory:
    """Commits without files, tags and branches; `write` makes a repository of them by `git fast-import`."""

    trunk: str = "main"
    commits: list[Planted] = field(default_factory=list)
    _refs: list[bytes] = field(default_factory=list)
    _marks: dict[str, bytes] = field(default_factory=dict)

    def commit(self, name: str, *parents: str, at: int, authored: int | None = None, message: bytes = b"") -> str:
        """A commit after its parents; its name."""
        planted = Planted(
            name=name,
            parents=parents,
            committed=at,
            authored=at if authored is None else authored,
            message=message,
        )
        self.commits.append(planted)
        self._marks[name] = b":%d" % len(self.commits)
        return name

    def tag(self, name: str, commit: str, at: int | None = None) -> None:
        """An annotated tag with its time, or a lightweight one without."""
        if at is None:
            self._refs.append(b"reset refs/tags/%b\nfrom %b\n\n" % (name.encode(), self._marks[commit]))
        else:
            tag = (name.encode(), self._marks[commit], _WHO, at)
            self._refs.append(b"tag %b\nfrom %b\ntagger Ada %b %d +0000\ndata 0\n\n" % tag)

    def branch(self, name: str, commit: str) -> None:
        """A branch that ends with the commit."""
        self._refs.append(b"reset refs/heads/%b\nfrom %b\n\n" % (name.encode(), self._marks[commit]))

    def write(self, folder: Path) -> Path:
        """The repository, bare; its trunk ends with the commit told last, unless there is a branch of that name."""
        if not any(ref.startswith(b"reset refs/heads/%b\n" % self.trunk.encode()) for ref in self._refs):
            self.branch(self.trunk, self.commits[-1].name)
        git = Git(search_path=os.defpath, folder=folder, bare=True)
        git.output_now("init", "--quiet", f"--initial-branch={self.trunk}")
        git.output_now("fast-import", "--quiet", given=b"".join([*self._stream(), *self._refs]))
        git.output_now("update-ref", "-d", _AT_WORK)
        return folder

    def _stream(self) -> Iterator[bytes]:
        for planted in self.commits:
            message = planted.message or planted.name.encode()
            yield b"reset %b\n\ncommit %b\nmark %b\n" % (
                _AT_WORK.encode(),
                _AT_WORK.encode(),
                self._marks[planted.name],
            )
            yield b"author %b %b %d +0000\n" % (planted.author, _WHO, planted.authored)
            yield b"committer %b %b %d +0000\n" % (planted.author, _WHO, planted.committed)
            yield b"data %d\n%b\n" % (len(message), message)
            for number, parent in enumerate(planted.parents):
                yield b"%b %b\n" % (b"merge" if number else b"from", self._marks[parent])
            yield b"\n"
