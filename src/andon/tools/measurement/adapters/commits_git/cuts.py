"""Where the history of a shallow clone is cut: git shows those commits without parents, and their objects name them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from andon.kernel.errors import PortError
from andon.kernel.ids import CommitId
from andon.machine.git.git import Git

_ID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def cut_parents(git: Git) -> Mapping[CommitId, tuple[CommitId, ...]]:
    """The true parents of every commit at which the history is cut; empty for a whole history."""
    if git.output_now("rev-parse", "--is-shallow-repository").strip() != b"true":
        return {}
    path = git.output_now("rev-parse", "--git-path", "shallow").decode(errors="surrogateescape").rstrip("\n")
    try:
        ids = _ID.findall((git.folder / path).read_bytes())
    except OSError as error:
        raise PortError(f"{path} cannot be read: {error.strerror or error}.", permanent=True) from None
    return dict(_parents(git.output_now("cat-file", "--batch", given=b"".join(id_ + b"\n" for id_ in ids))))


def _parents(printed: bytes) -> Iterator[tuple[CommitId, tuple[CommitId, ...]]]:
    """What `git cat-file --batch` says: a line about each object, the object, the end of a line."""
    at = 0
    while at < len(printed):
        end = printed.index(b"\n", at)
        about = printed[at:end].split()
        at = end + 1
        if len(about) == 3 and about[1] == b"commit":
            head, _, _ = printed[at : at + int(about[2])].partition(b"\n\n")
            named = [line[7:] for line in head.split(b"\n") if line.startswith(b"parent ")]
            yield CommitId(about[0].decode("ascii")), tuple(CommitId(one.decode("ascii")) for one in named)
            at += int(about[2]) + 1
