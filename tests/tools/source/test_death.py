"""The server is killed in the middle of a push."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from andon.testing.waiting import until

from .client import working_copy
from .house import SHOP, house

pytestmark = pytest.mark.anyio

REPOSITORY = Path(__file__).parents[3]


@asynccontextmanager
async def server_in(root: Path, mode: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server that is about to die."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tools.source.alone", str(root), mode,
        cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_of(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()


@pytest.mark.parametrize(("mode", "lands"), [("judging", False), ("telling", True)])
async def test_a_killed_server_leaves_no_process_and_loses_no_push(tmp_path: Path, mode: str, *, lands: bool) -> None:
    """Before the verdict nothing has happened; after it, everything has."""
    root = tmp_path / "data"
    root.mkdir()
    copy = await working_copy(tmp_path / "copy")
    commit = await copy.commit("One")
    async with server_in(root, mode) as server:
        url = await line_of(server)
        async with copy.started("push", f"{url.replace('://', '://git:ada-token@')}/git/shop", "main") as push:
            assert await line_of(server) == mode
            children = psutil.Process(server.pid).children(recursive=True)
            assert children
            server.kill()
            assert await push.ended() != 0
        await until(lambda: not any(alive(child) for child in children))

    async with house(root) as after:
        await after.reception.reconcile()
        assert [head.commit for head in await after.repositories.heads(SHOP)] == ([commit] if lands else [])
        assert [head.commit for head in (await after.state()).heads] == ([commit] if lands else [])
        assert not list(after.repositories.folder(SHOP).glob("objects/*incoming-*"))


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
