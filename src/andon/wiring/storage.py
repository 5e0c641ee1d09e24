"""What the server keeps and may delete, and what of it may not: joined from what every tool knows."""

from __future__ import annotations

from datetime import timedelta

from andon.config import ServerConfig
from andon.engine.clock import Clock
from andon.engine.desk import Desk
from andon.kernel.ids import Digest, RunNumber
from andon.kernel.sizes import MEBIBYTE
from andon.line.facts import Facts
from andon.tools.artifacts.registry import RegistryStorage
from andon.tools.storage.adapters.stores_folders import FolderStore
from andon.tools.storage.model.retention import KeptItem, RetentionPolicy
from andon.tools.storage.sweeping import Sweeper

RUN_LOGS, IMAGES, BLOBS = "run logs", "images", "blobs"
#: verified versions of a service in an environment that can be rolled back to at once
ROLLBACKS = 5


class BlobStore:
    """storage.Store over the registry's blobs that nothing refers to."""

    def __init__(self, storage: RegistryStorage) -> None:
        self._storage = storage

    def kept(self) -> tuple[KeptItem, ...]:
        """See Store."""
        self._storage.sessions.forget_idle()
        return tuple(
            KeptItem(kind=BLOBS, name=blob.digest, size_bytes=blob.size_bytes, last_used=blob.written_at)
            for blob in self._storage.unreferenced.found()
        )

    def remove(self, name: str) -> None:
        """See Store."""
        self._storage.unreferenced.remove(name)


def build_sweeper(config: ServerConfig, desk: Desk, facts: Facts, storage: RegistryStorage, clock: Clock) -> Sweeper:
    """What sweeps all of it."""
    held = Held(facts)
    return Sweeper(
        desk=desk,
        stores=(
            (RUN_LOGS, FolderStore(RUN_LOGS, config.data / "runs", held.run)),
            (IMAGES, FolderStore(IMAGES, config.data / "images", held.image)),
            (BLOBS, BlobStore(storage)),
        ),
        policy=RetentionPolicy(age=timedelta(days=config.keep_days), size_bytes=config.keep_mib * MEBIBYTE),
        now=clock.now,
    )


class Held:
    """What runs, is live, is on its way, or may be rolled back to."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def image(self, name: str) -> str:
        """Why this unpacked image is kept; "" when it may go: it comes back out of the registry."""
        return "in use, or may be rolled back to" if Digest(f"sha256:{name}") in self._digests() else ""

    def run(self, name: str) -> str:
        """Why this run's logs are kept; "" when they may go."""
        if not name.isdecimal():
            return "not a run"
        number = RunNumber(int(name))
        if number not in self._facts.runs or self._facts.runs[number] is None:
            return "in progress"
        made = (self._facts.artifacts[digest].run for digest in self._digests() if digest in self._facts.artifacts)
        return "made what is in use, or may be rolled back to" if number in made else ""

    def _digests(self) -> frozenset[Digest]:
        standings = tuple(self._facts.standings.values())
        return frozenset(
            digest
            for standing in standings
            for digest in (*standing.verified[-ROLLBACKS:], *tuple(standing.in_progress.values()))
        )
