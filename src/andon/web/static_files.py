"""The door of the static files: kept for ever under the address that names the content, asked again under any other."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from andon.web.assets import Assets

FOR_EVER = "public, max-age=31536000, immutable"


@get("/static/{mark:str}/{name:path}", sync_to_thread=False, include_in_schema=False, opt={"public": True})
def static_file(
    mark: FromPath[str], name: FromPath[str], assets: NamedDependency[Assets], request: Request[Any, Any, State]
) -> Response[bytes]:
    """One file; 304 when the browser has it."""
    asset = assets.find(name.lstrip("/"))
    headers = {
        "ETag": f'"{asset.mark}"',
        "Cache-Control": FOR_EVER if asset.is_current(mark) else "no-cache",
    }
    if f'"{asset.mark}"' in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    return Response(asset.content, headers=headers, media_type=asset.media_type)
