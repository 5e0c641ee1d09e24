"""kill -9 of the server at any moment: every run ends by itself, nothing runs twice, nothing is left behind."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from pathlib import Path

import pytest

from andon.machine.process.finding import marked

from .workshop import Workshop, pipeline

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[3]
RUNS = 4
KILLS = 7
SERVER = f"""
import asyncio, sys
from pathlib import Path
from datetime import timedelta
from tests.tools.pipelines.workshop import Workshop
async def main(data, commit):
    shop = Workshop(data=Path(data))
    async with shop.engine() as engine:
        for number in range(1, {RUNS} + 1):
            await shop.queue(engine, number, commit)
        print("serving", flush=True)
        for number in range(1, {RUNS} + 1):
            await shop.finished(number, timedelta(seconds=60))
asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_killed_server_goes_on_where_it_was(shop: Workshop) -> None:
    """Seven kills at moments that a seed chooses."""
    seed = 20261123
    commit = shop.commit(
        pipeline(
            quick='run = "echo began"',
            slow='run = "echo began; sleep 0.3; echo ended"',
            package='run = "echo began; mkdir dist; touch dist/a; sleep 0.1"\nneeds = ["quick", "slow"]\n'
            'artifact = { name = "shop", path = "dist" }',
        )
    )
    await asyncio.to_thread(kill_again_and_again, random.Random(seed), shop.data, commit)
    async with shop.engine():
        ended = [await shop.finished(number) for number in range(1, RUNS + 1)]
    assert [(run.outcome, run.reason) for run in ended] == [("success", "")] * RUNS
    for number in range(1, RUNS + 1):
        # a line that the server had read and not yet written when it was killed is missing from the log
        assert all(shop.log(number, task).count("began") <= 1 for task in ("quick", "slow", "package"))
        assert not [*marked(f"ANDON_JOB={shop.data}/runs/{number}/slow")]


def kill_again_and_again(chance: random.Random, data: Path, commit: str) -> None:
    """A server that is killed a moment after it serves, and at last one that may end."""
    for life in range(KILLS + 1):
        with subprocess.Popen(
            [sys.executable, "-c", SERVER, str(data), commit], cwd=ROOT, stdout=subprocess.PIPE
        ) as server:
            assert server.stdout is not None
            server.stdout.readline()
            if life == KILLS:
                assert server.wait(timeout=60) == 0
                return
            try:
                server.wait(timeout=chance.uniform(0, 0.25))
            except subprocess.TimeoutExpired:
                server.kill()
