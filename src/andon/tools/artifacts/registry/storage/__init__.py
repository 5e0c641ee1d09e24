"""What the registry keeps and where: content files, the index, uploads under way, and the threads that touch them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from andon.machine.disk import Reserve
from andon.tools.artifacts.registry.storage.content import Content
from andon.tools.artifacts.registry.storage.database import Database
from andon.tools.artifacts.registry.storage.links import Links
from andon.tools.artifacts.registry.storage.manifests import Manifests
from andon.tools.artifacts.registry.storage.sessions import Sessions
from andon.tools.artifacts.registry.storage.unreferenced import UnreferencedBlobs

T = TypeVar("T")

#: threads for disk and digests; the server's other threads stay free for others
THREADS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the registry allows those who may write."""

    #: may a tag be pointed at another digest?
    tags_may_move: bool = False
    #: may manifests, tags and blobs be deleted?
    deletes: bool = False


class RegistryStorage:
    """The registry's folder. One process at a time has it open."""

    def __init__(self, root: Path, policy: Policy | None = None, reserve: Reserve | None = None) -> None:
        self.policy = policy or Policy()
        root.mkdir(parents=True, exist_ok=True)
        self.reserve = reserve or Reserve(folder=root)
        self.content = Content(root)
        self._database = Database(root / "index.db")
        self.links = Links(self._database, self.content)
        self.manifests = Manifests(self._database, tags_may_move=self.policy.tags_may_move)
        self.unreferenced = UnreferencedBlobs(self._database, self.content)
        self.sessions = Sessions(root, self.content)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="registry")

    async def run(self, call: Callable[[], T]) -> T:
        """Run a blocking call in a thread of the registry."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def write_in_thread(self, call: Callable[[], T]) -> T:
        """Run a call that writes much. Errors: NoSpace when the disk has no more than its reserve."""

        def write() -> T:
            self.reserve.check()
            return call()

        return await self.run(write)

    def close(self) -> None:
        """End what is under way and close the files."""
        self._threads.shutdown(wait=True)
        self.sessions.close()
        self._database.close()
