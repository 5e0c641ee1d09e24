"""What `andon run` stands on: one run's engine with a ledger and a data folder that are gone afterwards."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from andon.config import ClientConfig, ServerConfig, server_config
from andon.engine.codec import Codec
from andon.engine.engine import Engine, Parts
from andon.kernel.envelope import Envelope
from andon.kernel.ids import Digest, EventId
from andon.kernel.masks import Masks
from andon.ledger.memory import MemoryLedger
from andon.machine.network.egress import Egress
from andon.machine.removing import remove_tree
from andon.tools.pipelines.adapters.logs_files.logs import FileLogs
from andon.tools.pipelines.adapters.reports_junit.reports import JunitReports
from andon.tools.pipelines.adapters.workspaces_git.checkouts import GitWorkspaces
from andon.tools.pipelines.adapters.workspaces_git.commits import GitCommits
from andon.tools.pipelines.adapters.workspaces_git.snapshots import GitSnapshots
from andon.tools.pipelines.effects import performers
from andon.tools.pipelines.events import EVENTS
from andon.tools.pipelines.here import Bench, Workshop
from andon.tools.pipelines.model.run import NOUN
from andon.tools.pipelines.ports import Packed, PackRequest
from andon.tools.pipelines.views import Runs
from andon.tools.pipelines.world import World
from andon.wiring.running import build_egress, build_runner, build_sandboxes

#: stands for the digest of what is not packed here
NOT_PACKED = Digest(f"sha256:{'0' * 64}")


class NoPacker:
    """Artifacts are published by the server alone; here their folder has been looked at, and that is all."""

    async def pack(self, request: PackRequest) -> Packed:
        return Packed(digest=NOT_PACKED, size_bytes=0, provenance=NOT_PACKED)


class _EventQueue:
    """Queues every event for whoever follows the run."""

    def __init__(self) -> None:
        self.happened: asyncio.Queue[Envelope[object]] = asyncio.Queue()

    def apply(self, happened: Envelope[object]) -> None:
        self.happened.put_nowait(happened)


@contextmanager
def ending_by(*signals: signal.Signals) -> Iterator[None]:
    """Who ends the command in another way than by Ctrl-C ends it as Ctrl-C does: nothing is left running."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    taken = [one for one in signals if task and signal.getsignal(one) is signal.SIG_DFL]  # nohup ignores SIGHUP
    ended = False

    def end() -> None:
        nonlocal ended
        ended = True
        assert task is not None  # noqa: S101  (no signal is taken without one)
        task.cancel()

    for one in taken:
        loop.add_signal_handler(one, end)
    try:
        yield
    except asyncio.CancelledError:
        if ended:
            raise KeyboardInterrupt from None
        raise
    finally:
        for one in taken:
            loop.remove_signal_handler(one)


@asynccontextmanager
async def workshop(only: tuple[str, ...]) -> AsyncIterator[Bench]:
    """A bench for one run of these tasks, or of all."""
    data = Path(tempfile.mkdtemp(prefix="andon-run-"))
    try:
        with ending_by(signal.SIGTERM, signal.SIGHUP):
            async with _bench(data, only) as bench:
                yield bench
    finally:
        await asyncio.to_thread(remove_tree, data)


def local_workshop(_: ClientConfig) -> Workshop:
    """What `andon run` works with."""
    return workshop


@asynccontextmanager
async def _bench(data: Path, only: tuple[str, ...]) -> AsyncIterator[Bench]:
    runs, queue = Runs(), _EventQueue()
    ledger = MemoryLedger()
    config = server_config(data=data)
    egress = build_egress(config)
    world = _world(config, runs, only, egress)
    engine = Engine(
        Parts(
            ledger=ledger,
            codec=Codec(EVENTS),
            nouns=(NOUN,),
            new_id=lambda: EventId(f"ev_{secrets.token_hex(10)}"),
            views=(runs, queue),
            performers=performers(world),
            lanes={"task": config.task_slots or 2 * (os.cpu_count() or 1)},
        )
    )
    await engine.start()
    snapshots = GitSnapshots(data / "repositories")
    try:
        yield Bench(
            desk=engine.desk,
            runs=runs,
            logs=world.logs,
            runner=world.runner,
            snapshots=snapshots,
            happened=queue.happened,
        )
    finally:
        await engine.stop()
        await egress.stop()
        await ledger.close()


def _world(config: ServerConfig, runs: Runs, only: tuple[str, ...], egress: Egress) -> World:
    data, path, masks = config.data, config.search_path, Masks()
    masks.learn_variables(dict(config.task_env))
    return World(
        source=GitCommits(data / "repositories", path),
        workspaces=GitWorkspaces(data / "repositories", data / "runs", path),
        runner=build_runner(config, build_sandboxes(config), masks, egress),
        logs=FileLogs(data / "runs"),
        reports=JunitReports(),
        reuse=runs,
        packer=NoPacker(),
        largest=config.largest_limits,
        only=only,
    )
