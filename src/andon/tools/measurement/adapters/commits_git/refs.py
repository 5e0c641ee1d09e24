"""Tags and the trunk of a repository, as git lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from andon.kernel.ids import CommitId
from andon.machine.git.git import Git
from andon.machine.git.words import GitFailed
from andon.tools.measurement.model.dates import of_git
from andon.tools.measurement.model.releases.repository import Tag

#: id and kind of the ref's own object and of what a tag leads to
_FIELDS = (
    "refname",
    "objecttype",
    "objectname",
    "*objecttype",
    "*objectname",
    "creatordate:unix",
    "taggername",
    "symref",
)
_TAGS = "refs/tags/"
#: what main branches are called, the likeliest first
_TRUNKS = tuple(f"refs/{where}/{name}" for name in ("main", "master", "trunk") for where in ("remotes/origin", "heads"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefLine:
    """One line of `git for-each-ref`."""

    name: str
    #: "commit" when it leads to one, else what it leads to
    kind: str
    object: CommitId
    at: bytes
    annotated: bool
    by: str
    #: the ref that it stands for; "" when it stands for itself
    stands_for: str


def refs(git: Git) -> tuple[RefLine, ...]:
    """Tags and whatever may be the trunk. Errors: as git's."""
    asked = "%00".join(f"%({field})" for field in _FIELDS)
    printed = git.output_now("for-each-ref", f"--format={asked}", _TAGS, "refs/remotes/*/HEAD", *_TRUNKS)
    return tuple(_ref(line.split(b"\0")) for line in printed.split(b"\n") if line)


def tags(git: Git, found: Iterable[RefLine]) -> tuple[tuple[Tag, ...], tuple[str, ...]]:
    """The tags of commits, and the names of those that lead to no commit."""
    all_tags = [ref for ref in found if ref.name.startswith(_TAGS)]
    nested = _peeled(git, [ref.name for ref in all_tags if ref.kind == "tag"])
    of_commits, dangling = [], []
    for ref in all_tags:
        name = ref.name.removeprefix(_TAGS)
        commit = ref.object if ref.kind == "commit" else nested.get(ref.name)
        if commit is None:
            dangling.append(name)
        else:
            of_commits.append(Tag(name=name, commit=commit, at=of_git(ref.at), annotated=ref.annotated, by=ref.by))
    return tuple(of_commits), tuple(dangling)


def trunk(git: Git, found: Iterable[RefLine]) -> tuple[str, CommitId | None]:
    """The main branch and its newest commit: what the remote says, else a usual name, else what is checked out."""
    by_name = {ref.name: ref for ref in found}
    said = sorted(ref.name for ref in by_name.values() if ref.stands_for)
    for name in ("refs/remotes/origin/HEAD", *said, *_TRUNKS):
        if name in by_name:
            ref = by_name[name]
            return _short(ref.stands_for or ref.name), ref.object
    return _checked_out(git)


def _checked_out(git: Git) -> tuple[str, CommitId | None]:
    try:
        head = git.output_now("rev-parse", "--quiet", "--verify", "HEAD^{commit}").decode().strip()
    except GitFailed:
        return "", None
    name = git.output_now("rev-parse", "--symbolic-full-name", "HEAD").decode(errors="replace").strip()
    return _short(name), CommitId(head)


def _short(name: str) -> str:
    return name.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def _ref(fields: list[bytes]) -> RefLine:
    name, kind, own, peeled_kind, peeled, at, by, stands_for = (field.decode(errors="replace") for field in fields)
    return RefLine(
        name=name,
        kind=peeled_kind or kind,
        object=CommitId(peeled or own),
        at=at.encode(),
        annotated=kind == "tag",
        by=by,
        stands_for=stands_for,
    )


def _peeled(git: Git, names: list[str]) -> dict[str, CommitId]:
    """The commits behind tags of tags."""
    if not names:
        return {}
    asked = "".join(f"{name}^{{commit}}\n" for name in names)
    printed = git.output_now("cat-file", "--batch-check=%(objectname) %(objecttype)", given=asked.encode())
    answers = [line.split() for line in printed.decode(errors="replace").splitlines()]
    return {
        name: CommitId(answer[0])
        for name, answer in zip(names, answers, strict=False)
        if len(answer) == 2 and answer[1] == "commit"
    }
