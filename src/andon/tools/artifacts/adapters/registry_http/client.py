"""The OCI distribution protocol from the client's side: streaming, every digest verified, every error in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import httpx2

from andon.kernel.errors import Invalid, NotFound, PortError
from andon.kernel.ids import Actor, parse_digest
from andon.standards.oci import (
    INDEX,
    MANIFEST,
    MANIFEST_LIMIT_BYTES,
    Descriptor,
    algorithm_of,
    digest_of,
    hasher,
    hex_of,
    parse_manifest,
)
from andon.tools.artifacts.adapters.registry_http.authorization import Authorization, Authorizer
from andon.tools.artifacts.ports import PulledManifest

#: answering the end of an upload includes writing it to the disk for good
TIMEOUT = httpx2.Timeout(connect=5, read=120, write=120, pool=120)
#: shorter than servers keep idle connections, so that none is used that is just being closed
IDLE_SECONDS = 2.0
ACCEPT = ", ".join(
    (
        MANIFEST,
        INDEX,
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)


class HttpRegistries:
    """The door to one registry."""

    def __init__(self, url: str, authorizer: Authorizer, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._authorizer = authorizer
        # without trust_env=False a proxy in the environment would get the loopback's tokens
        self._client = httpx2.AsyncClient(
            base_url=url,
            timeout=TIMEOUT,
            limits=httpx2.Limits(keepalive_expiry=IDLE_SECONDS),
            transport=transport,
            trust_env=False,
        )

    def open(self, actor: Actor, scope: str) -> HttpRegistry:
        """The registry as this actor may use it, no further than the scope."""
        return HttpRegistry(self._client, self._authorizer.of(actor, scope))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class HttpRegistry:
    """One actor's calls."""

    def __init__(self, client: httpx2.AsyncClient, authorization: Authorization) -> None:
        self._client = client
        self._authorization = authorization

    async def has_blob(self, name: str, digest: str) -> bool:
        """Is the blob there?"""
        answer = await self._call("HEAD", name, f"blobs/{digest}", allow=(404,))
        return answer.status_code == httpx2.codes.OK

    async def push_blob(self, name: str, digest: str, size: int, chunks: AsyncIterator[bytes]) -> None:
        """Write a blob; the registry verifies the digest."""
        begun = await self._call("POST", name, "blobs/uploads/")
        where = self._client.base_url.join(begun.headers["location"]).copy_merge_params({"digest": digest})
        request = self._client.build_request("PUT", where, content=chunks, headers={"content-length": str(size)})
        request.headers["content-type"] = "application/octet-stream"
        async with self._answer(request, name):
            pass

    async def mount_blob(self, name: str, digest: str, source: str) -> bool:
        """Make another artifact's blob this one's too; False when the registry would not."""
        answer = await self._call("POST", name, "blobs/uploads/", params={"mount": digest, "from": source})
        if answer.status_code == httpx2.codes.CREATED:
            return True
        # instead, the registry has begun an upload that nobody will use
        unused = self._client.base_url.join(answer.headers["location"])
        async with self._answer(self._client.build_request("DELETE", unused), name, allow=(404, 405)):
            return False

    @asynccontextmanager
    async def pull_blob(self, name: str, digest: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The blob's bytes; the iteration fails at its end when they do not have the digest."""
        request = self._client.build_request("GET", f"/v2/{name}/blobs/{digest}")
        async with self._answer(request, name) as answer:
            yield _verified(answer.aiter_bytes(), digest)

    async def push_manifest(self, name: str, reference: str, media_type: str, content: bytes) -> None:
        """Write a manifest under a digest or a tag."""
        await self._call("PUT", name, f"manifests/{reference}", content=content, headers={"content-type": media_type})

    async def pull_manifest(self, name: str, reference: str) -> PulledManifest:
        """The manifest under a digest or a tag. Errors: PortError when it does not have the digest."""
        request = self._client.build_request("GET", f"/v2/{name}/manifests/{reference}", headers={"accept": ACCEPT})
        content = bytearray()
        async with self._answer(request, name) as answer:
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > MANIFEST_LIMIT_BYTES:
                    raise PortError(f"The manifest {name} {reference} is longer than 4 MiB.", permanent=True)
        digest = parse_digest(digest_of(bytes(content)))
        if reference.startswith("sha256:") and digest != reference:
            raise PortError(f"The registry gave another manifest than {name} {reference}.", permanent=True)
        media_type = answer.headers.get("content-type", MANIFEST).partition(";")[0]
        return PulledManifest(digest=digest, media_type=media_type, content=bytes(content))

    async def referrers(self, name: str, digest: str, artifact_type: str) -> tuple[Descriptor, ...]:
        """The manifests of this type whose subject is the digest."""
        answer = await self._call("GET", name, f"referrers/{digest}", params={"artifactType": artifact_type})
        try:
            listed = parse_manifest(answer.content).manifests
        except Invalid as error:
            raise PortError(f"The registry's list of referrers cannot be read: {error}", permanent=True) from error
        # a registry may leave the filtering to us
        return tuple(each for each in listed if each.artifact_type == artifact_type)

    async def _call(  # noqa: PLR0913 the parts of a request, each optional and named
        self,
        method: str,
        name: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        allow: tuple[int, ...] = (),
    ) -> httpx2.Response:
        request = self._client.build_request(
            method, f"/v2/{name}/{path}", params=params, content=content, headers=headers
        )
        async with self._answer(request, name, allow=allow) as answer:
            await answer.aread()
            return answer

    @asynccontextmanager
    async def _answer(
        self, request: httpx2.Request, name: str, allow: tuple[int, ...] = ()
    ) -> AsyncIterator[httpx2.Response]:
        """Send a request and give its answer, errors turned into ours."""
        try:
            header = await self._authorization.header(self._client, name)
            # an upload's address may lie elsewhere; the token is for this registry alone
            if header is not None and request.url.netloc == self._client.base_url.netloc:
                request.headers["authorization"] = header
            answer = await self._client.send(request, stream=True, follow_redirects=request.method == "GET")
            try:
                if answer.is_error and answer.status_code not in allow:
                    await answer.aread()
                    _fail(answer)
                yield answer
            finally:
                await answer.aclose()
        except httpx2.TransportError as error:
            what = f"{request.method} {request.url.path}"
            raise PortError(f"The registry at {self._client.base_url} did not answer {what}: {error!r}.") from error


async def _verified(chunks: AsyncIterator[bytes], digest: str) -> AsyncIterator[bytes]:
    computed = hasher(algorithm_of(digest))
    async for chunk in chunks:
        computed.update(chunk)
        yield chunk
    if computed.hexdigest() != hex_of(digest):
        raise PortError(f"The registry gave other bytes than those of {digest}.")


def _fail(answer: httpx2.Response) -> NoReturn:
    try:
        said = " ".join(str(each.get("message") or each.get("code")) for each in answer.json()["errors"])
    except (ValueError, KeyError, TypeError, AttributeError):
        said = answer.text[:200]
    message = (
        f"The registry answered {answer.request.method} {answer.request.url.path} with {answer.status_code}: {said}"
    )
    if answer.status_code == httpx2.codes.NOT_FOUND:
        raise NotFound(message)
    passes = answer.status_code == httpx2.codes.TOO_MANY_REQUESTS or answer.is_server_error
    # a full disk does not empty itself: whoever waits should be told why
    raise PortError(message, permanent=not passes or answer.status_code == httpx2.codes.INSUFFICIENT_STORAGE)
