"""Uploads of blobs: in one request, in a stream, in chunks with recovery, or by mounting what another name has."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from andon.kernel.errors import NoSpace
from andon.tools.artifacts.registry.call import Call, parse_digest
from andon.tools.artifacts.registry.complaints import (
    Complaint,
    digest_invalid,
    upload_unknown,
)
from andon.tools.artifacts.registry.storage.sessions import TooManyUploads, UploadSession, WrongDigest, pour

CONTENT_RANGE = re.compile(r"(?:bytes )?(\d+)-(\d+)(?:/.*)?")


async def post(call: Call) -> None:
    """POST /v2/NAME/blobs/uploads/: begin an upload; ?mount= may make it needless, ?digest= does it all at once."""
    mount, digest = call.exchange.parameter("mount"), call.exchange.parameter("digest")
    if mount is not None and await _mount(call, parse_digest(mount)):
        await _created(call, mount)
        return
    algorithm = call.exchange.parameter("digest-algorithm") or (digest or "").partition(":")[0]
    if digest is not None:
        parse_digest(digest)
    session = _begin(call, "sha512" if algorithm == "sha512" else "sha256")
    if digest is None or mount is not None:
        await _progress(call, session, 202)
        return
    try:
        await _finish(call, session, digest)
    finally:
        # nobody was told of this upload, so nobody can resume it
        call.storage.sessions.cancel(session)


async def patch(call: Call) -> None:
    """PATCH /v2/NAME/blobs/uploads/ID: the next bytes."""
    async with _writing(call) as session:
        await _append(call, session)
        await _progress(call, session, 202)


async def put(call: Call) -> None:
    """PUT /v2/NAME/blobs/uploads/ID?digest=: the last bytes, or none; from now on it is a blob."""
    digest = parse_digest(call.exchange.parameter("digest") or "")
    async with _writing(call) as session:
        await _finish(call, session, digest)


async def get(call: Call) -> None:
    """GET /v2/NAME/blobs/uploads/ID: how far did it come?"""
    await _progress(call, _session(call), 204)


async def delete(call: Call) -> None:
    """DELETE /v2/NAME/blobs/uploads/ID: forget it."""
    async with _writing(call) as session:
        call.storage.sessions.cancel(session)
        await call.exchange.reply(204)


def _begin(call: Call, algorithm: str) -> UploadSession:
    try:
        return call.storage.sessions.begin(call.name, algorithm, call.grant.actor)
    except TooManyUploads as error:
        raise Complaint(429, "TOOMANYREQUESTS", str(error), {"retry-after": "60"}) from error


@asynccontextmanager
async def _writing(call: Call) -> AsyncIterator[UploadSession]:
    """The call's upload, for this request alone."""
    session = _session(call)
    async with session.lock:
        if call.storage.sessions.find(call.name, session.id) is None:
            raise upload_unknown()
        yield session


async def _append(call: Call, session: UploadSession) -> None:
    _check_range(call, session)
    try:
        await pour(call.exchange.body(), session, call.storage.write_in_thread)
    except (OSError, NoSpace):
        # half a chunk may be in the file: the upload cannot go on
        call.storage.sessions.cancel(session)
        raise


async def _finish(call: Call, session: UploadSession, digest: str) -> None:
    await _append(call, session)
    try:
        await call.storage.run(lambda: call.storage.sessions.finish(session, digest))
    except WrongDigest as error:
        raise digest_invalid(str(error)) from error
    await call.storage.run(lambda: call.storage.links.add(call.name, digest))
    await _created(call, digest)


async def _mount(call: Call, digest: str) -> bool:
    """Link a blob that another name has, when the caller may read it there."""
    source = call.exchange.parameter("from")
    names = await call.storage.run(lambda: call.storage.links.names_with(digest))
    if not any(call.grant.may_pull(name) for name in names if source in {None, name}):
        return False
    await call.storage.run(lambda: call.storage.links.add(call.name, digest))
    return True


def _check_range(call: Call, session: UploadSession) -> None:
    """A chunk that says where it belongs must belong where the upload stands."""
    said = call.exchange.headers.get("content-range")
    if said is None:
        return
    asked = CONTENT_RANGE.fullmatch(said)
    length = call.exchange.headers.get("content-length")
    if asked is not None:
        promised = int(asked[2]) - int(asked[1]) + 1
        if int(asked[1]) == session.offset and promised == int(length or promised):
            return
    message = f'"{said[:80]}" does not continue this upload: it stands at {session.offset} bytes.'
    raise Complaint(416, "BLOB_UPLOAD_INVALID", message, _where(session))


def _session(call: Call) -> UploadSession:
    session = call.storage.sessions.find(call.name, call.reference)
    if session is None:
        raise upload_unknown()
    return session


def _where(session: UploadSession) -> dict[str, str]:
    return {
        "location": f"/v2/{session.name}/blobs/uploads/{session.id}",
        "range": f"0-{max(session.offset - 1, 0)}",
        "docker-upload-uuid": session.id,
    }


async def _progress(call: Call, session: UploadSession, status: int) -> None:
    await call.exchange.reply(status, _where(session))


async def _created(call: Call, digest: str) -> None:
    location = f"/v2/{call.name}/blobs/{digest}"
    await call.exchange.reply(201, {"location": location, "docker-content-digest": digest})
