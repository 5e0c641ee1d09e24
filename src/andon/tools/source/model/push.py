"""A push before it is accepted: what it moves, what it brings, and the rules it must keep."""

from __future__ import annotations

from dataclasses import dataclass

from andon.kernel.errors import Refused
from andon.kernel.ids import BranchName, CommitId

BRANCHES = "refs/heads/"
TAGS = "refs/tags/"
#: branches that are taken for the trunk when a first push does not say which one it is
USUAL_TRUNKS = (BranchName("trunk"), BranchName("main"), BranchName("master"))
#: stands for bytes that are no text
_UNREADABLE = "\ufffd"
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RefUpdate:
    """One ref that a push moves."""

    #: in full: "refs/heads/main"
    ref: str
    #: None when the ref is new
    before: CommitId | None
    #: None when the ref is deleted; for a tag the id of a tag object or a commit
    after: CommitId | None

    @property
    def branch(self) -> BranchName | None:
        """The branch it moves; None for a tag."""
        return BranchName(self.ref.removeprefix(BRANCHES)) if self.ref.startswith(BRANCHES) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeFile:
    """A file in the pushed commits that is bigger than allowed."""

    #: its path in the repository, or its object id when no commit names it
    path: str
    size_bytes: int
    #: False for a commit, a tag, or the list of a folder
    is_file: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What git finds in the new objects of a push."""

    large_files: tuple[LargeFile, ...] = ()
    #: commits lead to some that are neither pushed nor on the server
    is_cut_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PushLimits:
    """How much one push, and one repository, may hold."""

    #: branches moved by one push: each is judged, recorded and built
    branches_per_push: int = 50
    #: tags moved by one push
    tags_per_push: int = 10_000
    #: branches in one repository
    branches: int = 1_000
    #: one file
    file_bytes: int = 100 * _MEBIBYTE
    #: one push, packed
    push_bytes: int = 2048 * _MEBIBYTE


def choose_trunk(branches: tuple[BranchName, ...]) -> BranchName:
    """The trunk of a repository whose first push brought these branches: a usual name, else "main"."""
    return next((usual for usual in USUAL_TRUNKS if usual in branches), BranchName("main"))


def moves_too_much(updates: tuple[RefUpdate, ...], limits: PushLimits) -> bool:
    """More branches or tags than one push may move."""
    branches = _branches(updates)
    return branches > limits.branches_per_push or len(updates) - branches > limits.tags_per_push


def _branches(updates: tuple[RefUpdate, ...]) -> int:
    return sum(1 for update in updates if update.branch)


def judge_refs(updates: tuple[RefUpdate, ...], limits: PushLimits) -> None:
    """Only branches and tags are pushed, by readable names, and not too many at once. Errors: Refused."""
    branches = _branches(updates)
    if branches > limits.branches_per_push:
        raise Refused(
            "push-limits",
            f"this push moves {branches:,} branches at once; the limit is {limits.branches_per_push:,}.",
            "Push the branch you are working on: git push origin BRANCH",
        )
    if len(updates) - branches > limits.tags_per_push:
        raise Refused(
            "push-limits",
            f"this push moves {len(updates) - branches:,} tags at once; the limit is {limits.tags_per_push:,}.",
            "Push them in parts: git push origin 'refs/tags/v1*'",
        )
    for update in updates:
        if not update.ref.startswith((BRANCHES, TAGS)):
            raise Refused(
                "branches-and-tags-only",
                f"{update.ref} is neither a branch nor a tag.",
                "Push to refs/heads/… or refs/tags/…",
            )
        if _UNREADABLE in update.ref:
            raise Refused(
                "readable-names", f"the name {update.ref} is not UTF-8.", "Give it another name: git branch -m"
            )
        _judge_name(update)


def _judge_name(update: RefUpdate) -> None:
    """No command takes it for an option, or for the commit that is checked out; what is there can be deleted."""
    name = update.ref.removeprefix(BRANCHES).removeprefix(TAGS)
    if update.after is not None and (name.startswith("-") or name == "HEAD"):
        raise Refused(
            "readable-names",
            f"git takes the name {name} for something else: an option, or what is checked out.",
            "Give it another name: git branch -m",
        )


def judge_branch_count(updates: tuple[RefUpdate, ...], branches: int, limits: PushLimits) -> None:
    """A repository has a bounded number of branches. Errors: Refused."""
    created = sum(1 for update in updates if update.branch and update.before is None)
    deleted = sum(1 for update in updates if update.branch and update.after is None)
    if created and branches + created - deleted > limits.branches:
        raise Refused(
            "push-limits",
            f"the repository would have {branches + created - deleted:,} branches; the limit is {limits.branches:,}.",
            "Delete branches that have landed: git push origin --delete BRANCH",
        )


def judge_trunk(updates: tuple[RefUpdate, ...], trunk: BranchName, rewritten: tuple[str, ...]) -> None:
    """The trunk only moves forward; `rewritten` names the refs whose old commit is not in the new one.

    Errors: Refused.
    """
    for update in updates:
        if update.ref == f"{TAGS}{trunk}" and update.after is not None:
            raise Refused(
                "readable-names", f"git would take a tag named {trunk} for the trunk.", "Give the tag another name."
            )
        if update.branch != trunk:
            continue
        if update.after is None:
            raise Refused("trunk-moves-forward", f"{trunk} is the trunk and stays.", "Delete other branches only.")
        if update.ref in rewritten:
            raise Refused(
                "trunk-moves-forward",
                f"this push would rewrite {trunk}; what has landed stays in its history.",
                f"Bring your commits on top: git pull --rebase andon {trunk}, or undo a commit with git revert",
            )


def judge_history(*, is_cut_off: bool) -> None:
    """A history is whole: what it begins with has no parents. Errors: Refused."""
    if is_cut_off:
        raise Refused(
            "whole-history",
            "this clone is shallow: the history before its oldest commits is neither in the push nor on the server.",
            "Get the rest first: git fetch --unshallow, then push again.",
        )


def judge_files(files: tuple[LargeFile, ...], limits: PushLimits) -> None:
    """Files stay small enough for git. Errors: Refused."""
    if not files:
        return
    named = ", ".join(f"{file.path} ({_mebibytes(file.size_bytes)})" for file in files[:5])
    more = f" and {len(files) - 5:,} more" if len(files) > 5 else ""
    if not all(file.is_file for file in files):
        raise Refused(
            "file-size",
            f"{named}{more}: bigger than git's own objects may be (a message 1 MiB, the list of a folder 16 MiB).",
            "Shorten the message (git commit --amend), or spread the files over several folders.",
        )
    raise Refused(
        "file-size",
        f"{named}{more}: bigger than the limit of {_mebibytes(limits.file_bytes)} for one file.",
        "Take it out of the commits (git rebase -i, or git reset --soft and commit again) and keep it elsewhere.",
    )


def _mebibytes(size_bytes: int) -> str:
    return f"{size_bytes / _MEBIBYTE:,.0f} MiB" if size_bytes >= _MEBIBYTE else f"{size_bytes:,} bytes"
