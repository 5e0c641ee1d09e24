"""Runs and logs over HTTP, and the commands that ask for them: real sockets, real runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from andon.engine.clock import SystemClock
from andon.kernel.errors import Forbidden, Invalid, NotFound, Refused
from andon.testing.installation import NO_CERTIFICATES
from andon.testing.waiting import until
from andon.tools.pipelines import commands

from ...terminals import Screen, screen
from .conftest import Doors
from .workshop import Workshop, pipeline

pytestmark = pytest.mark.anyio

FILES = pipeline(
    lint='run = "true"',
    unit="needs = [\"lint\"]\nrun = '''printf 'one\\n\\033[31mtwo\\033[0m\\n\\033]0;title\\007three\\n'; exit 1'''",
)


async def asked(command: Callable[..., Any], *arguments: Any, url: str, json: bool = False, **named: Any) -> Screen:
    """A command's screen; commands block, so it runs beside the server."""
    shown = screen(url=url, json=json)
    try:
        await asyncio.to_thread(command, *arguments, session=shown.session, **named)
    finally:
        shown.session.api.close()
    return shown


async def waiting(run: int, url: str, **named: Any) -> int:
    """How `andon runs wait` ends."""
    shown = screen(url=url)
    try:
        return await asyncio.to_thread(commands.wait_for_run, run, session=shown.session, **named)
    finally:
        shown.session.api.close()


async def test_a_run_is_shown_with_its_tasks(shop: Workshop, doors: Doors) -> None:
    """By its number, and in the list."""
    commit = shop.commit(FILES)
    async with (
        shop.engine() as engine,
        doors(engine) as url,
        httpx2.AsyncClient(base_url=url, verify=NO_CERTIFICATES) as client,
    ):
        await shop.queue(engine, 1, commit)
        await shop.finished(1)
        run = (await client.get("/api/v1/runs/1")).json()
        assert (run["lamp"], run["reason"], run["commit"]) == ("failure", "unit: exit code 1", commit)
        assert {task["name"]: task["lamp"] for task in run["tasks"]} == {"lint": "success", "unit": "failure"}
        assert [one["number"] for one in (await client.get("/api/v1/runs?repository=shop")).json()] == [1]
        assert (await client.get("/api/v1/runs?repository=other")).status_code == 404
        assert (await client.get("/api/v1/trunks")).json()[0]["lamp"] == "red"
        assert (await client.get("/api/v1/runs/2")).status_code == 404
        assert (await client.get("/api/v1/runs?limit=0")).status_code == 400


async def test_a_log_is_read_by_lines_by_words_and_as_it_is(shop: Workshop, doors: Doors) -> None:
    """A window, without colours when asked, a search, and the bytes."""
    commit = shop.commit(FILES)
    async with (
        shop.engine() as engine,
        doors(engine) as url,
        httpx2.AsyncClient(base_url=url, verify=NO_CERTIFICATES) as client,
    ):
        await shop.queue(engine, 1, commit)
        await shop.finished(1)
        log = "/api/v1/runs/1/tasks/unit/log"
        window = (await client.get(f"{log}?first=2&count=1")).json()
        (line,) = window["lines"]
        assert timedelta() <= SystemClock().now() - datetime.fromisoformat(line.pop("at")) < timedelta(minutes=1)
        assert line == {"number": 2, "text": "\x1b[31mtwo\x1b[0m", "cut_bytes": 0}
        assert (window["total_lines"], window["ended"]) == (3, True)
        assert (await client.get(f"{log}?first=-2&plain=true")).json()["lines"][0]["text"] == "two"
        found = (await client.get(f"{log}/search?text=three")).json()
        assert ([line["number"] for line in found["lines"]], found["has_more"]) == ([3], False)
        assert (await client.get(f"{log}/raw?offset=4")).content.startswith(b"\x1b[31mtwo")
        assert (await client.get("/api/v1/runs/1/tasks/lint/log")).json()["lines"] == []
        assert (await client.get("/api/v1/runs/1/tasks/none/log")).status_code == 404


async def test_a_log_is_followed_until_its_task_has_ended(shop: Workshop, doors: Doors) -> None:
    """The first line is there long before the last."""
    commit = shop.commit(pipeline(slow='run = "echo first; while [ ! -e $HOME/go ]; do sleep 0.02; done; echo last"'))
    async with (
        shop.engine() as engine,
        doors(engine) as url,
        httpx2.AsyncClient(base_url=url, verify=NO_CERTIFICATES) as client,
    ):
        await shop.queue(engine, 1, commit)
        await until(lambda: shop.runs.get(1).tasks, what="the pipeline to be read")
        received = b""
        async with client.stream("GET", "/api/v1/runs/1/tasks/slow/log/raw?follow=true") as answer:
            async for piece in answer.aiter_bytes():
                received += piece
                if received == b"first\n":
                    (shop.data / "runs/1/slow/home/go").touch()
        assert received == b"first\nlast\n"


async def test_cancelling_needs_the_permission(shop: Workshop, doors: Doors) -> None:
    """Readers may look, and no more; whoever may run may stop."""
    commit = shop.commit(pipeline(slow='run = "echo began; sleep 60"'))
    async with shop.engine() as engine:
        await shop.queue(engine, 1, commit)
        await until(lambda: shop.log(1, "slow"), what="its first line")
        async with doors(engine) as url:
            with pytest.raises(Forbidden, match="run"):
                await asked(commands.cancel_run, 1, url=url)
        async with doors(engine, "run") as url:
            shown = await asked(commands.cancel_run, 1, url=url, reason="enough")
            assert shown.text == "✓ run 1 is being stopped\n"
            assert (await shop.finished(1)).reason == "cancelled: enough"
            with pytest.raises(Refused, match="run-finished"):
                await asked(commands.cancel_run, 1, url=url)


async def test_a_commit_is_run_again_on_its_own_branch(shop: Workshop, doors: Doors) -> None:
    """The request becomes a run with the next number; only what was run before can be."""
    commit = shop.commit(pipeline(unit='run = "true"'))
    async with shop.engine() as engine, doors(engine, "run") as url:
        await shop.queue(engine, 1, commit)
        await shop.finished(1)
        shown = await asked(commands.rerun, "shop", commit[:8], url=url)
        assert shown.text.splitlines()[0] == "✓ run 2 is queued"
        assert (await shop.finished(2)).outcome == "success"
        assert shop.runs.get(2).branch == "trunk"
        with pytest.raises(NotFound, match="git push"):
            await asked(commands.rerun, "shop", "0" * 40, url=url)
        with pytest.raises(Invalid, match="at least 7 digits"):
            await asked(commands.rerun, "shop", "ab", url=url)


async def test_a_run_is_run_again_by_its_number_and_waited_for(shop: Workshop, doors: Doors) -> None:
    """Waiting ends with 0, 1 or 2, for scripts; what failed is shown with its failing lines."""
    red = shop.commit(pipeline(unit='run = "echo error: no total; exit 1"'))
    async with shop.engine() as engine, doors(engine, "run") as url:
        await shop.queue(engine, 1, red)
        await shop.finished(1)
        assert "run 2 is queued" in (await asked(commands.rerun, "1", url=url)).text
        waited = await asked(commands.wait_for_run, 2, url=url)
        task, why, see = waited.text.splitlines()[2:]
        assert task.split() == ["✗", "unit", "exit", "code", "1"]
        assert (why, see) == ("      error: no total", "      see: andon log 2 unit")
        assert (await asked(commands.show_run, 2, url=url)).text == waited.text
        green = shop.commit(pipeline(unit='run = "while [ ! -e $HOME/go ]; do sleep 0.02; done"'))
        await shop.queue(engine, 3, green)
        home = shop.data / "runs/3/unit/home"
        await until(home.is_dir, what="its start")
        assert await waiting(3, url, timeout=0) == 2
        (home / "go").touch()
        assert (await waiting(3, url), await waiting(2, url)) == (0, 1)
        with pytest.raises(Invalid, match="no number of a run"):
            await asked(commands.rerun, "shop", url=url)
        with pytest.raises(NotFound):
            await asked(commands.rerun, "99", url=url)


async def test_running_again_needs_the_permission(shop: Workshop, doors: Doors) -> None:
    commit = shop.commit(pipeline(unit='run = "true"'))
    async with (
        shop.engine() as engine,
        doors(engine) as url,
        httpx2.AsyncClient(base_url=url, verify=NO_CERTIFICATES) as client,
    ):
        await shop.queue(engine, 1, commit)
        await shop.finished(1)
        assert (await client.post("/api/v1/runs/1/rerun")).status_code == 403


async def test_the_list_of_runs_reads_like_a_table(shop: Workshop, doors: Doors) -> None:
    """And says what to do while there is none."""
    commit = shop.commit(pipeline(unit='run = "true"'))
    async with shop.engine() as engine, doors(engine) as url:
        assert "git push" in (await asked(commands.list_runs, url=url)).text
        await shop.queue(engine, 1, commit)
        await shop.finished(1)
        head, line = (await asked(commands.list_runs, url=url)).text.splitlines()
        assert head.split() == ["run", "repository", "branch", "commit", "subject", "author", "state", "took", "when"]
        assert line.split()[:4] == ["1", "shop", "trunk", commit[:7]]
        assert "✓ success" in line


async def test_log_shows_the_red_task_without_orders_to_the_terminal(shop: Workshop, doors: Doors) -> None:
    """Titles and cursor movements are taken out; colours too where there are none."""
    commit = shop.commit(FILES)
    async with shop.engine() as engine, doors(engine) as url:
        await shop.queue(engine, 1, commit)
        await shop.finished(1)
        assert (await asked(commands.log, 1, url=url)).text == "one\ntwo\nthree\n"
        assert (await asked(commands.log, 1, "unit", url=url, limit=1)).text == "three\n"
        timed = (await asked(commands.log, 1, "unit", url=url, limit=2, times=True)).text.splitlines()
        assert [re.sub(r"^2\d{3}-\d\d-\d\d [\d:]{8}[.\d]{0,4} +", "at ", line) for line in timed] == [
            "at two",
            "at three",
        ]
        assert (await asked(commands.log, 1, url=url, find="two")).text.split() == ["2", "two"]
        assert re.search(
            r"2  2\d{3}-.* two$", (await asked(commands.log, 1, url=url, find="two", times=True)).text.rstrip()
        )
        assert '"total_lines": 3' in (await asked(commands.log, 1, url=url, json=True)).text


async def test_log_asks_which_task_when_none_is_red(shop: Workshop, doors: Doors) -> None:
    """With the names."""
    commit = shop.commit(pipeline(lint='run = "true"', unit='run = "true"'))
    async with shop.engine() as engine, doors(engine) as url:
        await shop.queue(engine, 1, commit)
        await shop.finished(1)
        with pytest.raises(Invalid, match="lint, unit"):
            await asked(commands.log, 1, url=url)
