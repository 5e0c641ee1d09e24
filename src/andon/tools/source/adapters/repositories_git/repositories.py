"""Bare repositories in one folder: what they hold, and serving them to git clients."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from andon.kernel.errors import Invalid, PortError
from andon.kernel.ids import BranchName, CommitId, RepositoryName
from andon.kernel.sizes import MEBIBYTE, print_size
from andon.machine.files import write_whole
from andon.machine.git.git import Git
from andon.machine.git.words import TooMuch, failed
from andon.tools.source.adapters.repositories_git.exchange import GitExchange
from andon.tools.source.model.push import BRANCHES, Brought, LargeFile, PushLimits, RefUpdate
from andon.tools.source.model.repository import MOST_COMMITS, Head, PushedCommit
from andon.tools.source.ports import NO_QUARANTINE, GitRequest, Quarantine

_LOG_FORMAT = "--format=tformat:%H%x00%an%x00%ae%x00%at%x00%ct%x00%P%x00%s"
_TIMEOUT = timedelta(seconds=60)
_MOST_BLOB_BYTES = 1024 * 1024
_MOST_SUBJECT_CHARACTERS = 200
#: paths between two commits, and their bytes
MOST_CHANGED = 100_000
_MOST_CHANGED_BYTES = 16 * MEBIBYTE
#: what is read whole of a push, and no person writes so long: messages, and lists of one folder
_MOST_OTHER = {b"commit": MEBIBYTE, b"tag": MEBIBYTE, b"tree": 16 * MEBIBYTE}
#: of git's own times: up to the end of the year 9999
_LATEST_SECOND = 253_402_300_799
#: what old tools wrote into commits, tags and folders, as `git help fsck-msgs` names it: it leads no program astray and
#: cannot be mended without a new history, so it is told and taken. Unset, each of them refuses a push.
_HARMLESS_FLAWS = (
    "badDate",
    "badDateOverflow",
    "badEmail",
    "badName",
    "badTimezone",
    "missingEmail",
    "missingNameBeforeEmail",
    "missingSpaceBeforeDate",
    "missingSpaceBeforeEmail",
    "zeroPaddedDate",
    "zeroPaddedFilemode",
)
#: git's words for a commit whose parent is not here
_CUT_OFF = re.compile("could not read|could not parse|unable to parse|missing|walk setup failed", re.IGNORECASE)
#: a repository that nobody can push to, shown to those who are about to create one
_NOTHING = ".nothing"


class BareRepositories:
    """The port GitRepositories over `root`/NAME.git."""

    def __init__(self, root: Path, *, search_path: str = os.defpath) -> None:
        self._root = root
        self._hooks = root / ".hooks"
        self._creating = asyncio.Lock()
        self._git = Git(home=root / ".home", search_path=search_path, bare=True, timeout=_TIMEOUT)

    async def prepare(self) -> None:
        """Make the folders, the hooks, and the empty repository. To be called once, before anything else.

        Errors: PortError when git is missing or too old.
        """
        for folder in (self._root, self._hooks, self._git.home):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self._git.require_version()
        text = resources.files(__package__).joinpath("hook.sh").read_bytes()
        for name in ("pre-receive", "post-receive"):
            write_whole(self._hooks / name, text, mode=0o700)
        leftovers = ("*.git/objects/*incoming-*", ".new-*", ".gone-*")
        for left in (path for pattern in leftovers for path in self._root.glob(pattern)):
            shutil.rmtree(left, ignore_errors=True)
        await self.create(RepositoryName(_NOTHING), BranchName("main"))

    def folder(self, repository: RepositoryName) -> Path:
        return self._root / f"{repository}.git"

    def names(self) -> tuple[RepositoryName, ...]:
        folders = sorted(folder.name.removesuffix(".git") for folder in self._root.glob("[!.]*.git"))
        return tuple(RepositoryName(name) for name in folders)

    async def create(self, repository: RepositoryName, trunk: BranchName) -> None:
        async with self._creating:
            await self._create(repository, trunk)

    async def _create(self, repository: RepositoryName, trunk: BranchName) -> None:
        folder = self.folder(repository)
        if not folder.exists():
            fresh = folder.with_name(f".new-{repository}")
            await self._git.at(fresh).output("init", "--quiet", "--bare", "--template=", "--initial-branch", trunk)
            fresh.rename(folder)
        elif (folder / "HEAD").read_text(encoding="utf-8") != f"ref: {BRANCHES}{trunk}\n":
            await self._git.at(folder).output("symbolic-ref", "HEAD", f"{BRANCHES}{trunk}")

    async def remove(self, repository: RepositoryName) -> None:
        async with self._creating:
            try:
                await asyncio.to_thread(self._remove, self.folder(repository), self._root / f".gone-{repository}")
            except OSError as error:
                raise PortError(f"The folder of {repository} could not be deleted: {error}.") from error

    @staticmethod
    def _remove(folder: Path, gone: Path) -> None:
        """Out of sight at once, then file by file; what a crash leaves of it goes at the next start."""
        if gone.exists():
            shutil.rmtree(gone)
        if folder.exists():
            folder.rename(gone)
            shutil.rmtree(gone)

    async def heads(self, repository: RepositoryName) -> tuple[Head, ...]:
        listed = await self._at(repository).output("for-each-ref", "--format=%(objectname) %(refname)", BRANCHES)
        pairs = (line.split(" ", 1) for line in listed.decode(errors="replace").splitlines())
        found = (Head(branch=BranchName(ref.removeprefix(BRANCHES)), commit=CommitId(id_)) for id_, ref in pairs)
        return tuple(sorted(found, key=lambda head: head.branch))

    async def log(
        self, repository: RepositoryName, commit: CommitId, *, without: CommitId | None, quarantine: Quarantine
    ) -> tuple[PushedCommit, ...]:
        wanted = (commit, f"^{without}") if without else (commit,)
        found = await self._log(repository, f"--max-count={MOST_COMMITS}", wanted, quarantine)
        return found or await self._log(repository, "--max-count=1", (commit,), quarantine)

    async def _log(
        self, repository: RepositoryName, most: str, wanted: tuple[str, ...], quarantine: Quarantine
    ) -> tuple[PushedCommit, ...]:
        order = ("-z", "--topo-order", most, _LOG_FORMAT, "--encoding=UTF-8")
        arguments = ("log", *order, "--end-of-options", *wanted, "--")
        printed = await self._at(repository).output(*arguments, env=self._seeing(repository, quarantine))
        return tuple(_commits(printed))

    async def blob(
        self, repository: RepositoryName, commit: CommitId, path: str, *, quarantine: Quarantine = NO_QUARANTINE
    ) -> bytes | None:
        ask = ("cat-file", "blob", "--end-of-options", f"{commit}:{path}")
        git = replace(self._at(repository), most_bytes=_MOST_BLOB_BYTES)
        try:
            answer = await git.run(*ask, env=self._seeing(repository, quarantine))
        except TooMuch as error:
            raise Invalid(f"{path} has more than {_MOST_BLOB_BYTES:,} bytes, which is too much to read.") from error
        return answer.output if answer.code == 0 else None

    async def changed(
        self, repository: RepositoryName, before: CommitId | None, after: CommitId, *, quarantine: Quarantine
    ) -> tuple[str, ...]:
        ask: tuple[str, ...] = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", after)
        if before:
            ask = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after)
        paths, left = list[bytes](), _MOST_CHANGED_BYTES

        def take(path: bytes) -> None:
            nonlocal left
            left -= len(path)
            if len(paths) >= MOST_CHANGED or left < 0:
                most = f"{MOST_CHANGED:,} files, or {print_size(_MOST_CHANGED_BYTES)} of their names"
                raise TooMuch(f"this push changes more than {most}", permanent=True)
            paths.append(path)

        seeing = self._seeing(repository, quarantine)
        await self._at(repository).each_line(*ask, take=take, end=b"\0", env=seeing)
        return tuple(path.decode(errors="replace") for path in paths)

    async def brought(
        self, repository: RepositoryName, updates: tuple[RefUpdate, ...], over_bytes: int, quarantine: Quarantine
    ) -> Brought:
        if not quarantine:
            return Brought()
        if await self._is_cut_off(repository, updates, quarantine):
            return Brought(is_cut_off=True)
        return Brought(large_files=await self._large_files(repository, updates, over_bytes, quarantine))

    async def _is_cut_off(
        self, repository: RepositoryName, updates: tuple[RefUpdate, ...], quarantine: Quarantine
    ) -> bool:
        tips = [update.after for update in updates if update.after]
        ask = ("rev-list", "--count", "--not", "--all", "--not", "--stdin")
        given = "".join(f"{tip}\n" for tip in tips).encode()
        answer = await self._at(repository).run(*ask, given=given, env=self._seeing(repository, quarantine))
        if answer.code != 0 and not _CUT_OFF.search(answer.complaints):
            raise failed("git rev-list", answer.code, answer.complaints)
        return answer.code != 0

    async def _large_files(
        self, repository: RepositoryName, updates: tuple[RefUpdate, ...], over_bytes: int, quarantine: Quarantine
    ) -> tuple[LargeFile, ...]:
        large, odd = dict[bytes, int](), list[LargeFile]()

        def weigh(line: bytes) -> None:
            kind, size, id_ = line.split(b" ")
            if kind == b"blob" and int(size) > over_bytes:
                large[id_] = int(size)
            elif int(size) > _MOST_OTHER.get(kind, over_bytes):
                shown = f"the {kind.decode()} {id_[:12].decode()}"
                odd.append(LargeFile(path=shown, size_bytes=int(size), is_file=False))

        asked = "--batch-check=%(objecttype) %(objectsize) %(objectname)"
        ask = ("cat-file", "--batch-all-objects", "--unordered", asked)
        await self._at(repository).each_line(*ask, env={"GIT_OBJECT_DIRECTORY": quarantine}, take=weigh)
        paths = await self._paths(repository, updates, frozenset(large), quarantine) if large else {}
        found = (LargeFile(path=paths.get(id_, id_.decode()), size_bytes=size) for id_, size in large.items())
        return (*found, *odd)

    async def _paths(
        self, repository: RepositoryName, updates: tuple[RefUpdate, ...], ids: frozenset[bytes], quarantine: Quarantine
    ) -> dict[bytes, str]:
        """What the objects are called in the pushed commits."""
        paths: dict[bytes, str] = {}

        def look(line: bytes) -> None:
            id_, _, path = line.partition(b" ")
            if id_ in ids and path:
                paths[id_] = path.decode(errors="replace")

        tips = [update.after for update in updates if update.after]
        ask = ("rev-list", "--objects", "--not", "--all", "--not", "--end-of-options", *tips, "--")
        await self._at(repository).each_line(*ask, env=self._seeing(repository, quarantine), take=look)
        return paths

    async def contains(
        self, repository: RepositoryName, ancestor: CommitId, commit: CommitId, quarantine: Quarantine
    ) -> bool:
        ask = ("merge-base", "--is-ancestor", "--end-of-options", ancestor, commit)
        answer = await self._at(repository).run(*ask, env=self._seeing(repository, quarantine))
        return answer.code == 0

    def serve(self, request: GitRequest, limits: PushLimits) -> GitExchange:
        known = request.repository if self.folder(request.repository).exists() else RepositoryName(_NOTHING)
        return GitExchange(replace(self._git, bare=False, settings=self._serving(limits)), self.folder(known), request)

    def _at(self, repository: RepositoryName) -> Git:
        return self._git.at(self.folder(repository))

    def _seeing(self, repository: RepositoryName, quarantine: Quarantine) -> dict[str, str]:
        """The environment in which git sees a push's objects before they are accepted."""
        if not quarantine:
            return {}
        own = str(self.folder(repository) / "objects")
        return {"GIT_OBJECT_DIRECTORY": quarantine, "GIT_ALTERNATE_OBJECT_DIRECTORIES": own}

    def _serving(self, limits: PushLimits) -> tuple[str, ...]:
        """git's settings while it serves a client: ours, wherever the repository came from."""
        return (
            f"core.hooksPath={self._hooks}",
            "core.bigFileThreshold=32m",
            # what is accepted survives a power cut
            "core.fsync=objects,reference",
            "core.fsyncMethod=batch",
            "receive.fsckObjects=true",
            *(f"receive.fsck.{flaw}=warn" for flaw in _HARMLESS_FLAWS),
            f"receive.maxInputSize={limits.push_bytes}",
            "receive.advertisePushOptions=true",
            # packing goes on in the push that makes it necessary; commits that no branch has any more are kept
            "receive.autogc=true",
            "gc.autoDetach=false",
            "gc.cruftPacks=true",
            "gc.pruneExpire=never",
            "uploadpack.allowFilter=true",
        )


def _commits(printed: bytes) -> Iterator[PushedCommit]:
    fields = printed.decode(errors="replace").split("\0")[:-1]
    for id_, author, email, authored, committed, parents, subject in zip(*[iter(fields)] * 7, strict=True):
        yield PushedCommit(
            commit=CommitId(id_),
            author=author[:_MOST_SUBJECT_CHARACTERS],
            author_email=email[:_MOST_SUBJECT_CHARACTERS],
            authored_at=_time(authored),
            committed_at=_time(committed),
            subject=subject[:_MOST_SUBJECT_CHARACTERS],
            parents=tuple(CommitId(parent) for parent in parents.split()),
        )


def _time(seconds: str) -> datetime:
    """A time as git has it; what no calendar can hold becomes the nearest that one can."""
    return datetime.fromtimestamp(min(max(int(seconds or 0), 0), _LATEST_SECOND), UTC)
