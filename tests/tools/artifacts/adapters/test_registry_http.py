"""The registry's client: also at registries that are not ours, and when they misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2
import pytest

from andon.kernel.errors import NotFound, PortError
from andon.kernel.ids import Actor
from andon.standards.oci import MANIFEST, digest_of
from andon.tools.artifacts.adapters.registry_http import HttpRegistries, HttpRegistry, Login

from ..conftest import Served
from ..registry.conftest import Pusher

pytestmark = pytest.mark.anyio

CONTENT = b"0123456789" * 300_000
DIGEST = digest_of(CONTENT)
Answer = Callable[[httpx2.Request], httpx2.Response]


async def chunks(content: bytes = CONTENT) -> AsyncIterator[bytes]:
    """The content in pieces."""
    for first in range(0, len(content), 1_000_000):
        yield content[first : first + 1_000_000]


@pytest.fixture
async def client(registry: Served) -> AsyncIterator[HttpRegistry]:
    """The built-in registry as a run may use it."""
    registries = registry.registries()
    yield registries.open(Actor("run/1"), "push:shop pull:base")
    await registries.close()


def outside(answer: Answer) -> HttpRegistry:
    """Some registry that answers so."""
    transport = httpx2.MockTransport(answer)
    registries = HttpRegistries("http://outside.example", Login("ada", "secret"), transport)
    return registries.open(Actor("run/1"), "push:shop")


async def test_a_blob_goes_there_and_comes_back(client: HttpRegistry) -> None:
    """Pushed in a stream, found, pulled in a stream."""
    assert not await client.has_blob("shop", DIGEST)
    await client.push_blob("shop", DIGEST, len(CONTENT), chunks())
    assert await client.has_blob("shop", DIGEST)
    async with client.pull_blob("shop", DIGEST) as pulled:
        assert b"".join([chunk async for chunk in pulled]) == CONTENT


async def test_a_blob_is_mounted_or_not(client: HttpRegistry, registry: Served) -> None:
    """What may be read elsewhere is linked; otherwise no upload is left open."""
    assert not await client.mount_blob("shop", DIGEST, "base")
    assert not list((registry.folder / "uploads").iterdir())
    with registry.client("push:base") as http:
        Pusher(http).blob(CONTENT, name="base")
    assert await client.mount_blob("shop", DIGEST, "base")
    assert await client.has_blob("shop", DIGEST)


async def test_other_bytes_than_said_fail_for_good(client: HttpRegistry) -> None:
    """A file that changed while it was packed does not become a blob."""
    with pytest.raises(PortError, match="has the digest") as failed:
        await client.push_blob("shop", DIGEST, len(CONTENT), chunks(CONTENT[:-1] + b"x"))
    assert failed.value.permanent


async def test_what_is_not_allowed_fails_for_good(registry: Served) -> None:
    """The registry's refusal is passed on in its words."""
    registries = registry.registries()
    deployer = registries.open(Actor("andon/delivery"), "pull:shop")
    with pytest.raises(PortError, match="only-ci-writes") as failed:
        await deployer.push_blob("shop", DIGEST, len(CONTENT), chunks())
    await registries.close()
    assert failed.value.permanent


async def test_a_registry_that_wants_a_login_gets_one(registry: Served) -> None:
    """401, challenge, token, and on: as at any outside registry."""
    registries = HttpRegistries(registry.url, Login("anyone", registry.token("push:shop")))
    client = registries.open(Actor("run/1"), "push:shop")
    await client.push_blob("shop", DIGEST, len(CONTENT), chunks())
    assert await client.has_blob("shop", DIGEST)
    await registries.close()
    wrong = HttpRegistries(registry.url, Login("anyone", "wrong"))
    with pytest.raises(PortError, match="does not accept the login"):
        await wrong.open(Actor("run/1"), "push:shop").has_blob("shop", DIGEST)
    await wrong.close()


async def test_a_registry_may_want_basic_or_nothing() -> None:
    """A Basic challenge is answered with the account; no challenge with none."""
    seen: list[str | None] = []

    def basic(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers.get("authorization"))
        if request.url.path == "/v2/" and len(seen) == 1:
            return httpx2.Response(401, headers={"www-authenticate": 'Basic realm="x"'})
        return httpx2.Response(200)

    assert await outside(basic).has_blob("shop", DIGEST)
    assert seen == [None, "Basic YWRhOnNlY3JldA=="]
    assert await outside(lambda request: httpx2.Response(200)).has_blob("shop", DIGEST)


async def test_an_uploads_address_may_lie_elsewhere_but_gets_no_token() -> None:
    """A registry may send uploads to a store of its own, whose address proves itself."""
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        if request.url.path == "/v2/":
            return httpx2.Response(401, headers={"www-authenticate": "Basic"})
        if request.method == "POST":
            return httpx2.Response(202, headers={"location": "http://store.example/up?signed=1"})
        return httpx2.Response(201)

    await outside(answer).push_blob("shop", DIGEST, len(CONTENT), chunks())
    put = seen[-1]
    assert dict(put.url.params) == {"signed": "1", "digest": DIGEST}
    assert "authorization" not in put.headers
    assert put.headers["content-length"] == str(len(CONTENT))


async def has_blob(client: HttpRegistry) -> object:
    """Ask for a blob."""
    return await client.has_blob("shop", DIGEST)


async def pull(client: HttpRegistry) -> object:
    """Pull a manifest."""
    return await client.pull_manifest("shop", DIGEST)


async def find_referrers(client: HttpRegistry) -> object:
    """Ask for referrers."""
    return await client.referrers("shop", DIGEST, "x")


async def pull_blob(client: HttpRegistry) -> object:
    """Pull a blob."""
    async with client.pull_blob("shop", DIGEST) as pulled:
        return [chunk async for chunk in pulled]


@pytest.mark.parametrize("call", [pull, pull_blob])
async def test_what_is_not_there_is_not_found(
    client: HttpRegistry, call: Callable[[HttpRegistry], Awaitable[object]]
) -> None:
    """Absent blobs and manifests are NotFound, with the registry's words."""
    with pytest.raises(NotFound, match="There is no"):
        await call(client)


@pytest.mark.parametrize(
    ("call", "status", "content", "permanent"),
    [
        (has_blob, 500, b"oops", False),
        (has_blob, 429, b"", False),
        (has_blob, 507, b"full", True),
        (has_blob, 403, b'{"errors":[]}', True),
        (pull, 200, b"another manifest", True),
        (pull, 200, b" " * (4 * 1024 * 1024 + 1), True),
        (pull_blob, 200, b"other bytes", False),
        (find_referrers, 200, b"no list", True),
    ],
)
async def test_registries_that_misbehave(
    call: Callable[[HttpRegistry], Awaitable[object]], status: int, content: bytes, permanent: bool
) -> None:
    """Each failure is told, and whether asking again may help."""
    client = outside(lambda request: httpx2.Response(200 if request.url.path == "/v2/" else status, content=content))
    with pytest.raises(PortError) as failed:
        await call(client)
    assert failed.value.permanent is permanent


async def test_a_registry_that_is_gone() -> None:
    """Nobody answers: that may pass."""

    def gone(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("connection refused")

    with pytest.raises(PortError, match="did not answer") as failed:
        await has_blob(outside(gone))
    assert not failed.value.permanent


async def test_referrers_are_filtered_here_too() -> None:
    """A registry need not apply the filter."""
    listed = [{"mediaType": MANIFEST, "digest": DIGEST, "size": 1, "artifactType": kind} for kind in ("x", "y")]
    index = {"schemaVersion": 2, "manifests": listed}
    client = outside(lambda request: httpx2.Response(200, json=index))
    assert [each.artifact_type for each in await client.referrers("shop", DIGEST, "x")] == ["x"]
