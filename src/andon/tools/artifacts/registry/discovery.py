"""Finding things: the tags of a name, and what refers to a digest."""

from __future__ import annotations

from andon.standards.oci import INDEX, print_json, print_referrers
from andon.tools.artifacts.registry.call import Call, parse_digest
from andon.tools.artifacts.registry.complaints import Complaint


async def tags(call: Call) -> None:
    """GET /v2/NAME/tags/list: the tags in order, a page at a time with ?n= and ?last=."""
    manifests, name = call.storage.manifests, call.name
    limit = _limit(call)
    after = call.exchange.parameter("last") or ""
    if not await call.storage.run(lambda: manifests.knows(name)):
        raise Complaint(404, "NAME_UNKNOWN", f"Nothing was ever pushed as {name}.")
    # one more than asked for tells whether there is a next page
    found = await call.storage.run(lambda: manifests.tags(name, after, -1 if limit is None else limit + 1))
    headers = {"content-type": "application/json"}
    page = found if limit is None else found[:limit]
    if page and len(found) > len(page):
        headers["link"] = f'</v2/{name}/tags/list?n={limit}&last={page[-1]}>; rel="next"'
    await call.exchange.reply(200, headers, print_json({"name": name, "tags": list(page)}))


async def referrers(call: Call) -> None:
    """GET /v2/NAME/referrers/DIGEST: the manifests whose subject it is, with ?artifactType= only those of a type."""
    digest = parse_digest(call.reference)
    found = await call.storage.run(lambda: call.storage.manifests.referrers(call.name, digest))
    headers = {"content-type": INDEX}
    if artifact_type := call.exchange.parameter("artifactType"):
        headers["oci-filters-applied"] = "artifactType"
        found = tuple(each for each in found if each.artifact_type == artifact_type)
    await call.exchange.reply(200, headers, print_referrers(found))


def _limit(call: Call) -> int | None:
    asked = call.exchange.parameter("n")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdecimal()):
        raise Complaint(400, "UNSUPPORTED", f'n must be a number of tags, not "{asked[:40]}".')
    return min(int(asked), 10_000)
