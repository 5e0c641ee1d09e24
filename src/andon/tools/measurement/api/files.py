"""The API of files: one is sent whole, read row by row, and answered with what became of it."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter, SkipValidation

from andon.tools.measurement.file_intake import FILE, FileIntake, Form, Imported, ImportRequest
from andon.tools.measurement.model.intake.deliveries import TakeFacts
from andon.web.who import Who

LARGEST_FILE_BYTES = 2 * 1024 * 1024 * 1024


@post("/api/v1/measurement/import", request_max_body_size=LARGEST_FILE_BYTES, opt={"gives": TakeFacts})
async def import_file(  # noqa: PLR0913, PLR0917  (how a file is to be read)
    request: Request[Any, Any, State],
    who: NamedDependency[Who],
    file_intake: NamedDependency[SkipValidation[FileIntake]],
    form: Annotated[Form, QueryParameter(description="csv, json, or jsonl: one object a line")],
    table: Annotated[str, QueryParameter(description="deployments, incidents, …; csv needs it")] = "",
    source: FromQuery[str] = FILE,
    deliveries_of: Annotated[str, QueryParameter(description="the connection whose saved webhooks these are")] = "",
    strict: Annotated[bool, QueryParameter(description="all or nothing")] = False,
    apart: Annotated[bool, QueryParameter(description="another server's facts, called after the source")] = False,
) -> Imported:
    """Take a file of facts. Good rows are taken, broken ones named and counted; the same file again changes nothing."""
    asked = ImportRequest(
        form=form, table=table, source=source, deliveries_of=deliveries_of, strict=strict, apart=apart
    )
    file_intake.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = file_intake.folder / secrets.token_hex(8)
    try:
        await _spool(request, file)
        return await file_intake.take(file, asked, by=who)
    finally:
        file.unlink(missing_ok=True)


async def _spool(request: Request[Any, Any, State], file: Path) -> None:
    """Onto the disk: a file may be larger than memory."""
    with file.open("xb") as out:
        async for chunk in request.stream():
            await asyncio.to_thread(out.write, chunk)


HANDLERS = (import_file,)
