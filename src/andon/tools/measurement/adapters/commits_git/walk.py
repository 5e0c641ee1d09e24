"""One walk over the commits, as git prints them: fields between NUL bytes, whatever people wrote into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.measurement.model.dates import of_git
from andon.tools.measurement.model.facts import Commit

#: after git's own line "commit ID": parents, committer time, author time, author, first line of the message
FORMAT = "--format=%x00%P%x00%ct%x00%at%x00%an%x00%s%x00"
_FIELDS = 6
#: bytes of a name or a first line; what is longer is cut
_LONGEST = 500


def commits(chunks: Iterable[bytes], repository: RepositoryName) -> Iterator[Commit]:
    """The commits in what `git rev-list` printed with FORMAT."""
    for fields in _records(chunks):
        head, parents, committed, authored, author, subject = fields
        yield Commit(
            repository=repository,
            id=CommitId(head.strip()[7:].decode("ascii")),
            parents=tuple(map(CommitId, parents.decode("ascii").split())),
            committed_at=of_git(committed),
            authored_at=of_git(authored),
            author=author[:_LONGEST].decode(errors="replace"),
            subject=subject[:_LONGEST].decode(errors="replace"),
        )


def _records(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest: list[bytes] = []
    for chunk in chunks:
        fields = (rest.pop() + chunk if rest else chunk).split(b"\0")
        rest += fields
        whole = (len(rest) - 1) // _FIELDS * _FIELDS
        for first in range(0, whole, _FIELDS):
            yield rest[first : first + _FIELDS]
        del rest[:whole]
