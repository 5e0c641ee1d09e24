"""Uploads under way: bytes arrive, are hashed while they are written, and become a blob at once or not at all."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from andon.kernel.errors import AndonError
from andon.standards.oci import algorithm_of, hasher, hex_of
from andon.tools.artifacts.registry.storage.content import CHUNK_BYTES, Content

#: an upload that nobody has touched for so long is forgotten
FORGOTTEN_AFTER_SECONDS = 3600.0
MOST_OF_ONE = 100  #: uploads under way of one account
MOST_OF_ALL = 2000  #: of all accounts together
#: runs a blocking call in a thread of the registry
Threads = Callable[[Callable[[], None]], Awaitable[None]]


class WrongDigest(AndonError):
    """What was uploaded does not have the digest that was said."""


class TooManyUploads(AndonError):
    """More uploads are under way than one account, or all of them, may have."""


class UploadSession:
    """One upload: its file, how far it came, and the digest so far. The file is open only while bytes are written."""

    def __init__(self, *, upload: str, name: str, owner: str, file: Path, algorithm: str) -> None:
        self.id = upload
        self.name = name
        self.owner = owner
        self.file = file
        self.offset = 0
        self.algorithm = algorithm
        #: one request at a time writes
        self.lock = asyncio.Lock()
        self.touched = time.monotonic()
        self._hasher = hasher(algorithm)
        file.touch()

    def write(self, content: bytes) -> None:
        """Append bytes to file and digest."""
        view = memoryview(content)
        with self.file.open("ab", buffering=0) as file:
            while view:
                written = file.write(view)
                view = view[written:]
        self._hasher.update(content)
        self.offset += len(content)
        self.touched = time.monotonic()

    def seal(self, digest: str) -> None:
        """Sync the file, whole and with this digest. Errors: WrongDigest."""
        got = self._digest(algorithm_of(digest))
        if got != hex_of(digest):
            raise WrongDigest(f"The content has the digest {algorithm_of(digest)}:{got}, not {digest}.")
        with self.file.open("ab") as file:
            os.fsync(file.fileno())

    def discard(self) -> None:
        """Forget what came."""
        self.file.unlink(missing_ok=True)

    def _digest(self, algorithm: str) -> str:
        if algorithm == self.algorithm:
            return self._hasher.hexdigest()
        # the algorithm is told at the end only: what was hashed on the way does not help
        computed = hasher(algorithm)
        with self.file.open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK_BYTES):
                computed.update(chunk)
        return computed.hexdigest()


class Sessions:
    """The uploads under way. They live as long as the server: a restart begins with none and an empty folder."""

    def __init__(self, root: Path, content: Content) -> None:
        self._folder = root / "uploads"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._content = content
        self._open: dict[str, UploadSession] = {}
        for leftover in self._folder.iterdir():
            leftover.unlink()

    def begin(self, name: str, algorithm: str, owner: str) -> UploadSession:
        """A new upload. Errors: TooManyUploads."""
        self.forget_idle()
        self._check_room(owner)
        upload = secrets.token_hex(16)
        session = UploadSession(upload=upload, name=name, owner=owner, file=self._folder / upload, algorithm=algorithm)
        self._open[upload] = session
        return session

    def find(self, name: str, upload: str) -> UploadSession | None:
        """The upload of this name, or None."""
        session = self._open.get(upload)
        return session if session is not None and session.name == name else None

    def finish(self, session: UploadSession, digest: str) -> None:
        """Make it a blob. Errors: WrongDigest, and then the upload is gone."""
        try:
            session.seal(digest)
            self._content.keep(session.file, digest)
        finally:
            self.cancel(session)

    def cancel(self, session: UploadSession) -> None:
        """Forget the upload and its bytes; a finished one has none here any more."""
        self._open.pop(session.id, None)
        session.discard()

    def _check_room(self, owner: str) -> None:
        of_owner = sum(session.owner == owner for session in self._open.values())
        if of_owner >= MOST_OF_ONE or len(self._open) >= MOST_OF_ALL:
            whose = f"{of_owner} uploads of {owner}" if of_owner >= MOST_OF_ONE else f"{len(self._open):,} uploads"
            raise TooManyUploads(
                f"{whose} are under way. Finish or cancel some (DELETE their address), then push again."
            )

    def forget_idle(self) -> None:
        """Cancel what was abandoned."""
        idle_since = time.monotonic() - FORGOTTEN_AFTER_SECONDS
        for session in tuple(self._open.values()):
            if session.touched < idle_since and not session.lock.locked():
                self.cancel(session)

    def close(self) -> None:
        """Forget all uploads."""
        for session in tuple(self._open.values()):
            self.cancel(session)


async def pour(chunks: AsyncIterator[bytes], session: UploadSession, threads: Threads) -> None:
    """Write what arrives: while one MiB is written and hashed in a thread, the next one is received."""
    writing: asyncio.Task[None] | None = None
    held: list[bytes] = []
    held_bytes = 0
    try:
        async for chunk in chunks:
            held.append(chunk)
            held_bytes += len(chunk)
            if held_bytes >= CHUNK_BYTES:
                if writing is not None:
                    await writing
                writing = _write(session, held, threads)
                held, held_bytes = [], 0
    finally:
        # also when the client went away: what came of a stream counts, and who resumes it asks how far it came
        if writing is not None:
            await asyncio.shield(writing)
        await asyncio.shield(_write(session, held, threads))


def _write(session: UploadSession, chunks: list[bytes], threads: Threads) -> asyncio.Task[None]:
    async def write() -> None:
        await threads(lambda: session.write(b"".join(chunks)))

    return asyncio.create_task(write())
