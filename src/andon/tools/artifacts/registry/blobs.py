"""Blobs: read whole or in part, always verified; deleted only where the policy allows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from andon.tools.artifacts.registry.call import Call, parse_digest
from andon.tools.artifacts.registry.complaints import (
    Complaint,
    blob_unknown,
    content_corrupt,
    deletes_are_off,
)
from andon.tools.artifacts.registry.storage.content import Corrupt

#: "bytes=0-499", "bytes=500-" from there on, "bytes=-500" the last ones; of several ranges none is understood
RANGE = re.compile(r"bytes=(\d*)-(\d*)")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPart:
    """Which bytes of a blob were asked for."""

    first: int
    last: int
    #: of the whole blob
    size: int
    #: asked for as a part, even when it is all of it
    is_part: bool = True

    @property
    def status(self) -> int:
        """What the answer's status is."""
        return 206 if self.is_part else 200


async def head(call: Call) -> None:
    """HEAD /v2/NAME/blobs/DIGEST: is it there, and how long is it?"""
    digest = parse_digest(call.reference)
    await call.exchange.start(200, _headers(digest, _whole(await _size(call, digest))))
    await call.exchange.send(b"", more=False)


async def get(call: Call) -> None:
    """GET /v2/NAME/blobs/DIGEST: its bytes.

    What fits into one piece, and any part, is verified before the first byte is sent. Of a longer blob the last piece
    is held back until the whole has its digest; if it has not, the connection is cut: no client takes it for complete.
    """
    digest = parse_digest(call.reference)
    part = _part(call, await _size(call, digest))
    content = call.storage.content
    try:
        if part.is_part:
            await call.storage.run(lambda: content.verify(digest))
            pieces = content.part(digest, part.first, part.last)
        else:
            pieces = content.chunks(digest)
        await _send(call, digest, part, pieces)
    except Corrupt:
        if call.exchange.answering:
            log.error("cut the connection: the content does not have its digest", name=call.name, digest=digest)
            return
        raise content_corrupt(digest) from None


async def delete(call: Call) -> None:
    """DELETE /v2/NAME/blobs/DIGEST: the name has it no longer."""
    if not call.storage.policy.deletes:
        raise deletes_are_off()
    digest = parse_digest(call.reference)
    if not await call.storage.run(lambda: call.storage.links.remove(call.name, digest)):
        raise blob_unknown(digest)
    await call.exchange.reply(202)


async def _send(call: Call, digest: str, part: UploadPart, pieces: Iterator[bytes]) -> None:
    left = part.last - part.first + 1
    piece = await call.storage.run(lambda: next(pieces, b""))
    await call.exchange.start(part.status, _headers(digest, part))
    while left > len(piece) and piece:
        await call.exchange.send(piece, more=True)
        left -= len(piece)
        piece = await call.storage.run(lambda: next(pieces, b""))
    await call.exchange.send(piece, more=False)


async def _size(call: Call, digest: str) -> int:
    size = await call.storage.run(lambda: call.storage.links.size(call.name, digest))
    if size is None:
        raise blob_unknown(digest)
    return size


def _whole(size: int) -> UploadPart:
    return UploadPart(first=0, last=size - 1, size=size, is_part=False)


def _part(call: Call, size: int) -> UploadPart:
    asked = RANGE.fullmatch(call.exchange.headers.get("range", ""))
    if asked is None or not (asked[1] or asked[2]):
        return _whole(size)
    if asked[1]:
        first = int(asked[1])
        last = min(int(asked[2]), size - 1) if asked[2] else size - 1
    else:
        first, last = max(size - int(asked[2]), 0), size - 1
    if first > last:
        message = f"The blob has {size} bytes; {asked[0]} has none of them."
        raise Complaint(416, "SIZE_INVALID", message, {"content-range": f"bytes */{size}"})
    return UploadPart(first=first, last=last, size=size)


def _headers(digest: str, part: UploadPart) -> dict[str, str]:
    headers = {
        "docker-content-digest": digest,
        "content-type": "application/octet-stream",
        "content-length": str(part.last - part.first + 1),
        "accept-ranges": "bytes",
        "etag": f'"{digest}"',
    }
    if part.is_part:
        headers["content-range"] = f"bytes {part.first}-{part.last}/{part.size}"
    return headers
