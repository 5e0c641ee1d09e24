"""Which part of the registry answers which path and method."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from andon.standards.oci import is_name
from andon.tools.artifacts.registry import blobs, discovery, manifests, uploads
from andon.tools.artifacts.registry.call import Call
from andon.tools.artifacts.registry.complaints import Complaint

Handler = Callable[[Call], Awaitable[None]]

#: a path's tail after the name, and who answers which method; the first that fits counts
TABLE: tuple[tuple[re.Pattern[str], dict[str, Handler]], ...] = (
    (re.compile(r"/v2/(.+)/blobs/uploads/?()"), {"POST": uploads.post}),
    (
        re.compile(r"/v2/(.+)/blobs/uploads/([^/]+)"),
        {"GET": uploads.get, "PATCH": uploads.patch, "PUT": uploads.put, "DELETE": uploads.delete},
    ),
    (re.compile(r"/v2/(.+)/blobs/([^/]+)"), {"GET": blobs.get, "HEAD": blobs.head, "DELETE": blobs.delete}),
    (
        re.compile(r"/v2/(.+)/manifests/([^/]+)"),
        {"GET": manifests.get, "HEAD": manifests.get, "PUT": manifests.put, "DELETE": manifests.delete},
    ),
    (re.compile(r"/v2/(.+)/tags/list()"), {"GET": discovery.tags}),
    (re.compile(r"/v2/(.+)/referrers/([^/]+)"), {"GET": discovery.referrers}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRoute:
    """Where a call goes."""

    name: str
    reference: str
    handler: Handler


def find(method: str, path: str) -> RegistryRoute:
    """The route of a call. Errors: Complaint, for paths, names and methods that are none."""
    for pattern, handlers in TABLE:
        found = pattern.fullmatch(path)
        if found is None:
            continue
        name, reference = found.groups()
        if not is_name(name):
            message = f'"{name[:80]}" is no name: use lower-case letters, digits and . _ - between them.'
            raise Complaint(404, "NAME_INVALID", message)
        handler = handlers.get(method)
        if handler is None:
            raise Complaint(405, "UNSUPPORTED", f"{method} is not for this path.", {"allow": ", ".join(handlers)})
        return RegistryRoute(name=name, reference=reference, handler=handler)
    raise Complaint(404, "UNSUPPORTED", "The registry has no such path. See the OCI distribution specification.")
