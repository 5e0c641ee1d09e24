"""Pushes that are cut off, clients that stall, servers that die between git and the ledger: nothing is lost or left."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import os
import random
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import psutil
import pytest

from andon.kernel.errors import PortError
from andon.kernel.ids import BranchName
from andon.machine.disk import Reserve
from andon.testing.installation import NO_CERTIFICATES
from andon.testing.serving import serving
from andon.testing.waiting import until
from andon.tools.source import door as door_module
from andon.tools.source.adapters.repositories_git import BareRepositories
from andon.tools.source.door import GitDoor
from andon.tools.source.model.push import PushLimits
from andon.tools.source.recording import RECONCILER

from .client import Copy, working_copy
from .house import SHOP, House, Keys, house

pytestmark = pytest.mark.anyio

MAIN = BranchName("main")
ADA = {"authorization": f"Basic {b64encode(b'git:ada-token').decode()}"}


def gits() -> list[psutil.Process]:
    """git processes that the server started and that are still there."""
    return [child for child in psutil.Process().children(recursive=True) if _name(child).startswith("git")]


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def leftovers(server: House) -> list[Path]:
    return list(server.repositories.folder(SHOP).glob("objects/*incoming-*"))


async def test_a_pusher_who_goes_away_does_not_stop_what_landed(server: House, copy: Copy) -> None:
    """The push is recorded, the story ends, and no process is left."""
    commit = await copy.commit("One")
    async with copy.started("push", "origin", "main"):
        await until(lambda: server.narrator.listeners)
    await until(lambda: not server.narrator.listeners)
    await until(lambda: not gits())

    assert (await server.state()).head(MAIN) == commit


async def test_a_pusher_killed_while_sending_leaves_nothing(server: House, copy: Copy) -> None:
    """git on the server ends with its client, and takes its half-received objects along."""
    await copy.commit("One", one="1")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    headers = {**ADA, "content-type": "application/x-git-receive-pack-request"}
    hanging = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        old, new = "0" * 40, "1" * 40
        line = f"{old} {new} refs/heads/topic\0 report-status side-band-64k object-format=sha1".encode()
        yield f"{len(line) + 4:04x}".encode() + line + b"0000PACK\0\0\0\2\0\0\0\5"
        await hanging.wait()

    async with httpx2.AsyncClient(verify=NO_CERTIFICATES) as client:
        url = f"{server.url}/git/shop/git-receive-pack"
        posting = asyncio.create_task(client.post(url, headers=headers, content=body()))
        await until(gits)
        posting.cancel()
        await asyncio.wait({posting})
    await until(lambda: not gits())

    assert not leftovers(server)
    assert [head.branch for head in await server.repositories.heads(SHOP)] == ["main"]


async def test_a_client_that_stalls_is_let_go(server: House, copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds a process of the server for ever."""
    await copy.commit("One", one="1")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    monkeypatch.setattr(door_module, "STALLED", door_module.STALLED / 300)
    address = server.url.removeprefix("http://")
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"POST /git/shop/git-receive-pack HTTP/1.1\r\nHost: {address}\r\nAuthorization: {ADA['authorization']}\r\n"
        "Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 1000\r\n\r\n0".encode()
    )
    await until(gits)

    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    await until(lambda: not gits(), timedelta(seconds=3))
    writer.close()


async def test_a_client_that_does_not_read_is_let_go(
    server: House, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git does not wait for ever for somebody to take its answer."""
    (copy.folder / "noise").write_bytes(random.Random(1).randbytes(20 * 1024 * 1024))
    commit = await copy.commit("Noise", one="1")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    monkeypatch.setattr(door_module, "STALLED", door_module.STALLED / 300)
    want = f"want {commit} ofs-delta\n"
    body = f"{len(want) + 4:04x}{want}00000009done\n"
    address = server.url.removeprefix("http://")
    host, _, port = address.partition(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(
        f"POST /git/shop/git-upload-pack HTTP/1.1\r\nHost: {address}\r\nAuthorization: {ADA['authorization']}\r\n"
        f"Content-Type: application/x-git-upload-pack-request\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    await until(gits)

    await until(lambda: not gits())
    writer.transport.abort()


async def test_a_push_that_was_not_recorded_is_recorded_at_the_next_start(tmp_path: Path) -> None:
    """A crash between git and the ledger loses nothing."""
    root = tmp_path / "data"
    root.mkdir()
    copy = await working_copy(tmp_path / "copy")
    async with house(root) as server:
        first = await copy.commit("One", one="1")
        await copy.git("push", "-q", "-o", "detach", server.remote(), "main", "main:gone")
    behind = Copy(root / "repositories" / "shop.git")
    second = await copy.commit("Two", two="2")
    await copy.git("push", "-q", str(behind.folder), "main", "main:topic", ":gone")

    async with house(root) as server:
        assert server.views.changes("shop")[0].commit == first
        await server.reception.reconcile()
        await server.reception.reconcile()

        landed, before = server.views.changes("shop")
        assert (landed.commit, landed.before, landed.actor) == (second, first, RECONCILER)
        assert [commit.subject for commit in landed.commits] == ["Two"]
        assert before.commit == first
        assert set(server.views.get("shop").branches) == {"main", "topic"}


async def test_a_repository_that_the_ledger_does_not_know_is_found(tmp_path: Path) -> None:
    """A crash during the very first push loses nothing either."""
    root = tmp_path / "data"
    root.mkdir()
    copy = await working_copy(tmp_path / "copy")
    commit = await copy.commit("One", one="1")
    async with house(root) as server:
        await server.repositories.create(SHOP, MAIN)
        await copy.git("push", "-q", str(server.repositories.folder(SHOP)), "main")
        await server.reception.reconcile()

        assert server.views.changes("shop")[0].commit == commit


async def test_a_push_that_cannot_be_recorded_is_told_and_made_up_for(
    server: House, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the ledger fails, the pusher hears of it, and it is recorded as soon as that is possible."""
    first = await copy.commit("One", one="1")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    broken = Breaking(server)
    monkeypatch.setattr(server.desk, "submit", broken)
    second = await copy.commit("Two", two="2")
    said = await copy.git("push", "origin", "main")
    assert "remote: ✗ pushed, but not recorded yet; Andon goes on trying: the disk is full" in said
    await until(lambda: broken.failures > 1)
    monkeypatch.undo()

    await until(lambda: len(server.views.changes("shop")) == 2)
    assert [change.commit for change in server.views.changes("shop")] == [second, first]


async def test_a_push_finds_what_the_ledger_missed(server: House, copy: Copy) -> None:
    """Whatever moved the branch before, its history in the ledger has no gap."""
    commits = [await copy.commit(f"Number {number}", one=str(number)) for number in range(3)]
    await copy.git("push", "-q", "-o", "detach", "origin", f"{commits[0]}:refs/heads/main")
    await copy.git("push", "-q", str(server.repositories.folder(SHOP)), f"{commits[1]}:refs/heads/main")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")

    assert [change.commit for change in server.views.changes("shop")] == commits[::-1]


async def test_a_mistake_in_a_judge_refuses_the_push(
    server: House, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git gets an answer whatever happens, and the pusher a sentence."""

    async def broken(push: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(server.court, "judge", broken)
    await copy.commit("One")
    said = await copy.git("push", "origin", "main", code=1)

    assert "remote: ✗ something went wrong inside Andon" in said
    assert await server.repositories.heads(SHOP) == ()


async def test_a_mistake_in_a_narrator_does_no_harm(server: House, copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The push has landed; only the story is missing."""

    async def broken(*push: object) -> AsyncIterator[str]:
        raise RuntimeError("a mistake")
        yield ""

    monkeypatch.setattr(server.narrator, "narrate", broken)
    await copy.commit("One")
    said = await copy.git("push", "origin", "main")

    assert "pushed and recorded; what follows cannot be shown here" in said
    assert server.views.changes("shop")


class Breaking:
    """A desk that fails to record pushes."""

    def __init__(self, server: House) -> None:
        self._submit = server.desk.submit
        self.failures = 0

    async def __call__(self, stream: object, command: object, **who: object) -> object:
        if type(command).__name__ == "RecordPush":
            self.failures += 1
            raise PortError("the disk is full")
        return await self._submit(stream, command, **who)  # type: ignore[arg-type]  # handed on as it came


async def test_pushes_at_the_same_time_are_recorded_in_the_order_they_landed(
    server: House, copy: Copy, tmp_path: Path
) -> None:
    """Eight pushers, eight branches and one trunk: git and ledger agree."""
    await copy.commit("One", one="1")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    commits = [await copy.commit(f"Number {number}", one=str(number)) for number in range(8)]
    pushes = (copy.git("push", "-o", "detach", "origin", f"{commit}:refs/heads/main", code=None) for commit in commits)
    await asyncio.gather(*pushes)
    await copy.git("push", "-q", "-o", "detach", "origin", "main", code=None)

    changes = server.views.changes("shop")
    assert changes[0].commit == commits[-1]
    assert all(newer.before == older.commit for newer, older in itertools.pairwise(changes))


async def test_a_compressed_request_is_understood(server: House, copy: Copy) -> None:
    """git compresses long lists of what it has."""
    commit = await copy.commit("One")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    want = f"want {commit} ofs-delta\n"
    body = gzip.compress(f"{len(want) + 4:04x}{want}00000009done\n".encode())
    headers = {**ADA, "content-type": "application/x-git-upload-pack-request", "content-encoding": "gzip"}

    async with httpx2.AsyncClient(verify=NO_CERTIFICATES) as client:
        answer = await client.post(f"{server.url}/git/shop/git-upload-pack", headers=headers, content=body)

    assert answer.content.startswith(b"0008NAK\nPACK")


async def test_git_that_breaks_is_told(server: House, copy: Copy, tmp_path: Path) -> None:
    """The client hears a sentence, not an empty answer."""
    await copy.commit("One")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    (tmp_path / "git").write_text("#!/bin/sh\necho out of memory >&2\nexit 1\n")
    (tmp_path / "git").chmod(0o755)
    broken = BareRepositories(server.root / "repositories", search_path=f"{tmp_path}:{os.environ['PATH']}")
    door = GitDoor(
        repositories=broken,
        reception=server.reception,
        gate=Keys(),
        limits=PushLimits(),
        reserve=Reserve(folder=server.root),
    )

    async with serving(door) as url, httpx2.AsyncClient(verify=NO_CERTIFICATES) as client:
        answer = await client.get(f"{url}/git/shop/info/refs?service=git-upload-pack", headers=ADA)
        await door.close()

    assert (answer.status_code, answer.text) == (503, "git gave no answer: out of memory\n")


async def test_no_push_is_taken_when_the_disk_has_only_its_reserve(server: House, copy: Copy) -> None:
    """git prints the sentence; who fetches is served as before."""
    await copy.commit("One")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    full = Reserve(folder=server.root, size_bytes=1 << 60)
    door = GitDoor(
        repositories=server.repositories, reception=server.reception, gate=Keys(), limits=PushLimits(), reserve=full
    )

    async with serving(door) as url, httpx2.AsyncClient(verify=NO_CERTIFICATES) as client:
        push = await client.get(f"{url}/git/shop/info/refs?service=git-receive-pack", headers=ADA)
        fetch = await client.get(f"{url}/git/shop/info/refs?service=git-upload-pack", headers=ADA)
        await door.close()

    assert (push.status_code, fetch.status_code) == (507, 200)
    assert "is nearly full" in push.text
    assert "andon storage" in push.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/git/shop/info/refs", 400),
        ("GET", "/git/shop/info/refs?service=git-upload-archive", 400),
        ("GET", "/git/shop/HEAD", 404),
        ("GET", "/git/shop/../../ledger.db", 404),
        ("POST", "/git/shop/info/refs?service=git-upload-pack", 400),
        ("GET", "/git/shop/git-upload-pack", 400),
    ],
)
async def test_only_git_is_spoken_here(server: House, method: str, path: str, status: int) -> None:
    """Whatever else is asked gets a sentence, and no file."""
    async with httpx2.AsyncClient(verify=NO_CERTIFICATES) as client:
        answer = await client.request(method, f"{server.url}{path}", headers=ADA)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.strip().endswith((".", "REPOSITORY"))


async def test_closing_the_door_ends_stories(server: House, copy: Copy) -> None:
    """A server that stops does not wait for builds; the pusher's git ends well, for the push is done."""
    await copy.commit("One")
    async with copy.started("push", "origin", "main") as push:
        await until(lambda: server.narrator.listeners)
        await server.door.close()
        assert await push.ended() == 0
