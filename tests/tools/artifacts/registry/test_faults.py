"""What goes wrong: rotten bytes, full disks, clients that leave, servers that are killed."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from andon.machine.disk import Reserve
from andon.standards.oci import digest_of
from andon.testing.waiting import until
from andon.tools.artifacts.registry import RegistryStorage
from andon.tools.artifacts.registry.storage.sessions import MOST_OF_ONE

from ..conftest import Serve, Served
from .conftest import Pusher, code_of

LONG = bytes(range(256)) * 20_000
SERVER = """
import datetime, sys
from pathlib import Path
import uvicorn
from andon.tools.artifacts.model.grant import Grant
from andon.tools.artifacts.registry import Access, Registry, RegistryStorage
class Everybody:
    def check(self, token):
        return Grant(actor="run/1", push=frozenset({"shop"}), pull=frozenset())
access = Access(url="", tokens=Everybody(), lender=None)
storage = RegistryStorage(Path(sys.argv[1]))
uvicorn.run(Registry(storage, access, None), fd=int(sys.argv[2]), log_level="error", ws="none")
"""


def rot(served: Served, digest: str) -> Path:
    """Change the last stored byte of a blob; its file."""
    file = served.storage.content.path(digest)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    return file


def files_in(folder: Path) -> list[str]:
    """Names of all files below."""
    return sorted(each.name for each in folder.rglob("*") if each.is_file())


def has_come(uploads: Path, size: int) -> bool:
    """Is there one upload of at least this many bytes?"""
    return [each.stat().st_size >= size for each in uploads.glob("*")] == [True]


@pytest.fixture
def pusher(registry: Served) -> Iterator[Pusher]:
    """Someone who may push shop to a registry as it is installed."""
    with registry.client("push:shop") as http:
        yield Pusher(http)


@pytest.mark.parametrize("header", [{}, {"range": "bytes=0-1"}])
def test_a_rotten_blob_is_never_served(registry: Served, pusher: Pusher, header: dict[str, str]) -> None:
    """A short blob, and a part of any, is verified before the first byte: 500 and the reason, no content."""
    digest = pusher.blob(b"content")
    rot(registry, digest)
    answer = pusher.http.get(f"/v2/shop/blobs/{digest}", headers=header)
    assert answer.status_code == 500
    assert "no longer have this digest" in answer.text
    assert files_in(registry.folder / "corrupt") == [digest.removeprefix("sha256:")]


def test_a_long_rotten_blob_is_cut_off(registry: Served, pusher: Pusher) -> None:
    """The last piece is held back until all is verified: the client sees an answer that is not complete."""
    digest = pusher.blob(LONG)
    rot(registry, digest)
    with pytest.raises(httpx2.RemoteProtocolError):
        pusher.http.get(f"/v2/shop/blobs/{digest}")


def test_a_truncated_blob_is_cut_off_too(registry: Served, pusher: Pusher) -> None:
    """A file that lost its end does not have its digest either."""
    digest = pusher.blob(LONG)
    file = registry.storage.content.path(digest)
    file.write_bytes(LONG[:-5])
    with pytest.raises(httpx2.RemoteProtocolError):
        pusher.http.get(f"/v2/shop/blobs/{digest}")


def test_a_rotten_blob_can_be_pushed_again(registry: Served, pusher: Pusher) -> None:
    """Once found rotten it is not there any more, so that clients send it anew."""
    digest = pusher.blob(b"content")
    rot(registry, digest)
    pusher.http.get(f"/v2/shop/blobs/{digest}")
    assert pusher.http.head(f"/v2/shop/blobs/{digest}").status_code == 404
    pusher.blob(b"content")
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").content == b"content"


def test_pushing_again_heals_what_was_not_found_rotten_yet(registry: Served, pusher: Pusher) -> None:
    """The new bytes are verified, so they replace the old ones."""
    digest = pusher.blob(b"content")
    rot(registry, digest)
    pusher.blob(b"content")
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").content == b"content"


def test_a_rotten_manifest_is_never_served(registry: Served, pusher: Pusher) -> None:
    """Manifests are verified as well."""
    pusher.manifest(pusher.image(), "1.1")
    with sqlite3.connect(registry.folder / "index.db") as index:
        index.execute("UPDATE manifest SET content = CAST(replace(content, 'amd', 'arm') || ' ' AS BLOB)")
    index.close()
    answer = pusher.http.get("/v2/shop/manifests/1.1")
    assert answer.status_code == 500
    assert "no longer have this digest" in answer.text


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file of this process grows beyond 2 MiB: to a writer that is what a full disk is."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 1024 * 1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize("way", ["one request", "stream", "end"])
def test_a_full_disk_is_told_and_leaves_nothing(registry: Served, pusher: Pusher, way: str) -> None:
    """507 in words; the upload is gone, and the next one that fits is taken."""
    digest = digest_of(LONG)
    if way == "one request":
        answer = pusher.http.post(f"/v2/shop/blobs/uploads/?digest={digest}", content=LONG)
    else:
        where = pusher.http.post("/v2/shop/blobs/uploads/").headers["location"]
        send = pusher.http.patch if way == "stream" else pusher.http.put
        answer = send(f"{where}?digest={digest}", content=LONG)
        assert pusher.http.get(where).status_code == 404
    assert answer.status_code == 507
    assert "disk" in answer.text
    assert not files_in(registry.folder / "uploads")
    assert pusher.http.head(f"/v2/shop/blobs/{digest}").status_code == 404
    pusher.blob(b"content")


@pytest.mark.anyio
async def test_a_client_that_leaves_can_come_back(registry: Served) -> None:
    """What had arrived of a stream is kept, and told."""
    with registry.client("push:shop") as http:
        where = http.post("/v2/shop/blobs/uploads/").headers["location"]
        _, writer = await asyncio.open_connection("127.0.0.1", int(registry.url.rpartition(":")[2]))
        head = f"PATCH {where} HTTP/1.1\r\nhost: x\r\nauthorization: {http.headers['authorization']}\r\n"
        writer.write(f"{head}content-length: 1000000\r\n\r\n".encode() + LONG[:400_000])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await until(lambda: http.get(where).headers["range"] != "0-0", what="the bytes to be kept")
        kept = int(http.get(where).headers["range"].partition("-")[2]) + 1
        assert 0 < kept <= 400_000
        rest = {"content-range": f"{kept}-{len(LONG) - 1}"}
        assert http.patch(where, content=LONG[kept:], headers=rest).status_code == 202
        assert http.put(f"{where}?digest={digest_of(LONG)}").status_code == 201
        assert http.get(f"/v2/shop/blobs/{digest_of(LONG)}").content == LONG


def test_a_restart_forgets_uploads_and_keeps_the_rest(registry: Served, serve: Serve, tmp_path: Path) -> None:
    """A copy of the folder as a killed server leaves it: leftovers go, blobs, manifests and tags stay."""
    with registry.client("push:shop") as http:
        pusher = Pusher(http)
        content = pusher.image()
        pusher.manifest(content, "1.1")
        where = http.post("/v2/shop/blobs/uploads/").headers["location"]
        http.patch(where, content=LONG)
        shutil.copytree(registry.folder, tmp_path / "copy")
    again = serve(folder=tmp_path / "copy")
    with again.client("push:shop") as http:
        gone = http.get(where)
        assert (gone.status_code, code_of(gone)) == (404, "BLOB_UPLOAD_UNKNOWN")
        assert http.get("/v2/shop/manifests/1.1").content == content
    assert not files_in(again.folder / "uploads")


@pytest.mark.parametrize("sent_bytes", [0, 1_500_000, len(LONG) - 1])
def test_a_killed_server_shows_no_half_blob(tmp_path: Path, sent_bytes: int) -> None:
    """kill -9 in the middle of an upload: after the restart there is neither the blob nor a trace of it."""
    folder = tmp_path / "registry"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-c", SERVER, str(folder), str(listening.fileno())]
        server = subprocess.Popen(command, pass_fds=[listening.fileno()])
        with socket.create_connection(listening.getsockname(), timeout=20) as client:
            path = f"/v2/shop/blobs/uploads/?digest={digest_of(LONG)}"
            head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\ncontent-length: {len(LONG)}\r\n\r\n"
            client.sendall(head.encode() + LONG[:sent_bytes])
            mebibytes = sent_bytes // 2**20 * 2**20
            asyncio.run(until(lambda: has_come(folder / "uploads", mebibytes), what="the upload"))
            server.send_signal(signal.SIGKILL)
            server.wait(timeout=10)
    storage = RegistryStorage(folder)
    assert storage.links.size("shop", digest_of(LONG)) is None
    assert not files_in(folder / "blobs")
    assert not files_in(folder / "uploads")
    storage.close()


def test_a_crash_between_bytes_and_link_is_healed_by_pushing_again(registry: Served, pusher: Pusher) -> None:
    """Bytes without a name are invisible; pushing them again gives them one."""
    digest = digest_of(b"content")
    orphan = registry.storage.content.path(digest)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"content")
    assert pusher.http.head(f"/v2/shop/blobs/{digest}").status_code == 404
    assert pusher.http.post(f"/v2/shop/blobs/uploads/?mount={digest}").status_code == 202
    pusher.blob(b"content")
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").content == b"content"


def test_an_upload_that_nobody_touches_is_forgotten(tmp_path: Path) -> None:
    """After an hour of silence the next upload ends it."""
    storage = RegistryStorage(tmp_path)
    old = storage.sessions.begin("shop", "sha256", "run/1")
    old.touched -= 3601
    new = storage.sessions.begin("shop", "sha256", "run/1")
    assert storage.sessions.find("shop", old.id) is None
    assert storage.sessions.find("shop", new.id) is new
    assert files_in(tmp_path / "uploads") == [new.id]
    storage.close()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 3 MiB; skips for those who may not mount one."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    tried = subprocess.run(mount, capture_output=True, text=True, timeout=20, check=False)
    if tried.returncode != 0:
        pytest.skip(f"LOUD: no disk of its own can be mounted here: {tried.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], timeout=20, check=True)


def test_a_disk_that_is_really_full(tiny_disk: Path, serve: Serve) -> None:
    """Blobs and manifests are refused with 507 and leave nothing; what was there is still served."""
    served = serve(folder=tiny_disk / "registry")
    with served.client("push:shop") as http:
        pusher = Pusher(http)
        first = pusher.image()
        second = first.replace(b'"schemaVersion"', b'"note":"' + b"x" * 500_000 + b'","schemaVersion"')
        pusher.manifest(first, "1.1")
        answer = http.post(f"/v2/shop/blobs/uploads/?digest={digest_of(LONG)}", content=LONG)
        assert (answer.status_code, files_in(served.folder / "uploads")) == (507, [])
        filler = tiny_disk / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass
        refused = pusher.manifest(second, "1.2")
        assert (refused.status_code, "disk" in refused.text) == (507, True)
        assert http.get("/v2/shop/manifests/1.1").content == first
        filler.unlink()
        assert http.get("/v2/shop/manifests/1.2").status_code == 404
        assert pusher.manifest(second, "1.2").status_code == 201


def open_files_below(folder: Path) -> list[str]:
    """What this process has open there."""
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [link for link in links if link.startswith(str(folder))]


def test_abandoned_uploads_hold_no_files_open_and_have_an_end(registry: Served, pusher: Pusher) -> None:
    for _ in range(MOST_OF_ONE):
        assert pusher.http.post("/v2/shop/blobs/uploads/").status_code == 202
    assert open_files_below(registry.folder / "uploads") == []
    refused = pusher.http.post("/v2/shop/blobs/uploads/")
    assert (refused.status_code, code_of(refused)) == (429, "TOOMANYREQUESTS")
    assert f"{MOST_OF_ONE} uploads of run/1 are under way" in refused.text


def test_nothing_is_taken_in_when_the_disk_has_only_its_reserve(serve: Serve, tmp_path: Path) -> None:
    """507 in words before any byte is read, and what is there can still be read."""
    served = serve()
    with served.client("push:shop") as http:
        digest = Pusher(http).blob(b"before")
        served.storage.reserve = Reserve(folder=tmp_path, size_bytes=1 << 60)
        refused = http.post(f"/v2/shop/blobs/uploads/?digest={digest_of(LONG)}", content=LONG)
        assert (refused.status_code, "reserved for the server" in refused.text) == (507, True)
        assert http.get(f"/v2/shop/blobs/{digest}").content == b"before"
    assert files_in(served.folder / "uploads") == []
