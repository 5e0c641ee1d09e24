"""Each tool alone: a server that runs it, with what it needs and nothing else, does what the tool is for."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from andon.app import build_app
from andon.config import ServerConfig
from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor
from andon.testing.installation import NO_CERTIFICATES
from andon.testing.serving import serving
from andon.testing.waiting import until
from andon.tools.delivery.views import Environments
from andon.wiring.choosing import chosen
from andon.wiring.house import House, open_house
from tests.tools.artifacts.layouts import write_base

pytestmark = pytest.mark.anyio

AS_ADA = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
PIPELINE = 'schema = 1\n\n[task.unit]\nrun = "true"\n'


@dataclass(frozen=True, slots=True)
class Alone:
    """A server with some tools, and its admin."""

    house: House
    http: httpx2.AsyncClient
    token: str

    async def get(self, path: str) -> Any:
        """An answer of the API."""
        return (await self.http.get(path)).raise_for_status().json()

    async def push(self, folder: Path, files: dict[str, str]) -> str:
        """Push a first commit to the trunk of `shop`; what the server says."""
        for name, text in files.items():
            (folder / name).write_text(text)
        remote = f"{str(self.http.base_url).replace('//', f'//x:{self.token}@')}/git/shop"
        await call("git", "init", "-q", "-b", "main", cwd=folder)
        await call("git", "add", "-A", cwd=folder)
        await call("git", *AS_ADA, "commit", "-q", "-m", "First", cwd=folder)
        return await call("git", "push", remote, "main", cwd=folder)


async def call(*command: str, cwd: Path) -> str:
    """Run a program of this machine; all that it prints."""
    env = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    started = await asyncio.create_subprocess_exec(*command, cwd=cwd, env=env, stdout=-1, stderr=-1)
    out, err = await started.communicate()
    assert started.returncode == 0, err.decode()
    return (out + err).decode()


@asynccontextmanager
async def alone(folder: Path, *tools: str) -> AsyncIterator[Alone]:
    """A server that runs these, with what they need."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    path = os.environ["PATH"]
    house = await open_house(ServerConfig(data=folder / "data", port=port, search_path=path, tools=tools))
    app = build_app(house)
    await house.start()
    welcome = await house.welcome("")
    assert welcome is not None
    secret = welcome.token.secret
    try:
        async with (
            serving(app, port) as base,
            httpx2.AsyncClient(
                base_url=base, headers={"Authorization": f"Bearer {secret}"}, timeout=30, verify=NO_CERTIFICATES
            ) as http,
        ):
            yield Alone(house, http, secret)
            house.live.close()
    finally:
        await house.stop()


async def test_access_alone_lets_people_in(tmp_path: Path) -> None:
    """An account, its token, and what it may; pages of other tools are not there."""
    async with alone(tmp_path, "access") as server:
        await server.http.post("/api/v1/accounts", json={"account": "ada", "role": "reader", "kind": "person"})
        made = await server.http.post("/api/v1/tokens", json={"account": "ada", "scopes": ["read"]})
        headers = {"Authorization": f"Bearer {made.json()['token']}"}
        assert (await server.http.get("/api/v1/whoami", headers=headers)).json()["permissions"] == ["read"]
        board = await server.http.get("/")
        assert board.status_code == 200
        assert 'href="/runs"' not in board.text
        assert {(await server.http.get(path)).status_code for path in ("/runs", "/git/shop/info/refs", "/v2/")} == {404}
        assert not (tmp_path / "data" / "repositories").exists()


async def test_source_alone_takes_a_push(tmp_path: Path) -> None:
    """The run that follows waits in the ledger for a server that runs pipelines, and runs there."""
    (tmp_path / "copy").mkdir()
    async with alone(tmp_path, "source") as server:
        told = await server.push(tmp_path / "copy", {"andon.toml": PIPELINE})
        assert "its run waits for a server that runs pipelines" in told
        (change,) = await server.get("/api/v1/repositories/shop/changes")
        assert change["subject"] == "First"
        await server.house.engine.reacted(server.house.engine.views.position)
    async with alone(tmp_path, "pipelines") as server:

        async def ended() -> bool:
            return (await server.get("/api/v1/runs/1"))["lamp"] in {"success", "failure", "error"}

        await until(ended, what="the run")
        assert (await server.get("/api/v1/runs/1"))["lamp"] == "success"


async def test_pipelines_without_artifacts_say_what_is_missing(tmp_path: Path) -> None:
    """The run fails at its artifact, with the tool and how to start it."""
    (tmp_path / "copy").mkdir()
    pipeline = (
        PIPELINE.replace("true", "mkdir out; echo hello > out/index.html")
        + 'artifact = { name = "shop", path = "out" }\n'
    )
    async with alone(tmp_path, "pipelines") as server:
        await server.push(tmp_path / "copy", {"andon.toml": pipeline})

        async def ended() -> bool:
            return (await server.get("/api/v1/runs/1"))["lamp"] in {"success", "failure", "error"}

        await until(ended, what="the run")
        run = await server.get("/api/v1/runs/1")
    assert run["lamp"] == "failure"
    assert "shop is not packed: the tool artifacts does not run on this server" in run["reason"]
    assert "andon up --tools pipelines,artifacts" in run["reason"]


async def test_artifacts_alone_is_a_registry(tmp_path: Path) -> None:
    """skopeo pushes as a run may, and pulls as everybody may who reads."""
    if shutil.which("skopeo") is None:
        pytest.skip("LOUD: skopeo is not installed")
    base = write_base(tmp_path / "base")
    async with alone(tmp_path, "artifacts") as server:
        image = f"docker://{str(server.http.base_url).removeprefix('http://')}/shop:1"
        push = server.house.parts["registry_tokens"].mint(Actor("run/1"), "push:shop", timedelta(minutes=5))
        to = ("--dest-tls-verify=false", "--dest-creds", f"anyone:{push}", f"oci:{base}", image)
        await call("skopeo", "copy", *to, cwd=tmp_path)
        back = ("--src-tls-verify=false", "--src-creds", f"anyone:{server.token}", image, f"oci:{tmp_path}/back:1")
        await call("skopeo", "copy", *back, cwd=tmp_path)
    assert (tmp_path / "back" / "index.json").exists()


async def test_infra_alone_keeps_secrets(tmp_path: Path) -> None:
    """A value goes in, a fingerprint comes out."""
    async with alone(tmp_path, "infra") as server:
        kept = await server.http.put("/api/v1/secrets/test/shop/KEY", json={"value": "hunter2-hunter2"})
        assert kept.status_code == 200, kept.text
        assert [one["name"] for one in await server.get("/api/v1/secrets")] == ["KEY"]


async def test_measurement_alone_takes_facts(tmp_path: Path) -> None:
    """A file of deployments becomes a number."""
    async with alone(tmp_path, "measurement") as server:
        deployed = {"service": "shop", "environment": "production", "version": "1.1", "outcome": "success"}
        row = json.dumps(deployed | {"finished_at": "2026-11-30T10:00:00Z"})
        taken = await server.http.post(
            "/api/v1/measurement/import?form=jsonl&table=deployments&source=elsewhere", content=row.encode()
        )
        assert taken.json()["taken"] == 1, taken.text


async def test_delivery_brings_what_it_needs(tmp_path: Path) -> None:
    """It reads the line from its repository, and a cord stops it."""
    async with alone(tmp_path, "delivery") as server:
        assert {tool.name for tool in server.house.tools} >= {"source", "artifacts", "infra", "access", "line"}
        environments = server.house.views[Environments]
        await until(lambda: bool(environments.names), what="the line")
        pulled = await server.http.post("/api/v1/cord", json={"reason": "try it"})
        assert [one["scope"] for one in pulled.json()] == ["line"]


async def test_storage_alone_says_what_is_kept(tmp_path: Path) -> None:
    """Nothing yet, and how much room there is."""
    async with alone(tmp_path, "storage") as server:
        assert (await server.get("/api/v1/storage"))["free_bytes"] > 0


async def test_a_tool_that_is_not_there_is_said() -> None:
    """With the one that may be meant."""
    with pytest.raises(Invalid, match=r'there is no tool "artefacts". Did you mean "artifacts"\?'):
        chosen(["artefacts"])
