"""The API of source, asked as programs ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from litestar import Litestar
from litestar.di import Provide

from andon.engine.callers_desk import CallersDesk
from andon.kernel.ids import AccountName, Actor, CommitId, RepositoryName
from andon.testing.installation import NO_CERTIFICATES
from andon.testing.serving import serving
from andon.tools.source.api import HANDLERS
from andon.tools.source.ports import NO_QUARANTINE, Affected
from andon.tools.source.removing import Removing
from andon.web.errors import exception_handlers
from andon.web.front import FrontSettings
from andon.web.who import Who

from .client import Copy
from .house import SHOP, House

pytestmark = pytest.mark.anyio


class Nothing:
    """No other tool has anything of a repository."""

    def of(self, repository: RepositoryName) -> Affected:
        return Affected(runs=(), serving=())


@pytest.fixture
async def api(server: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of somebody who may push."""
    ada = Who(actor=Actor("ada"), account=AccountName("ada"), permissions=frozenset({"read", "push", "promote"}))
    removing = Removing(reception=server.reception, repositories=server.views, endings=Nothing())
    app = Litestar(
        route_handlers=HANDLERS,
        dependencies={
            "who": Provide(lambda: ada, sync_to_thread=False),
            "repositories": Provide(lambda: server.views, sync_to_thread=False),
            "front": Provide(lambda: FrontSettings(url="https://andon.example"), sync_to_thread=False),
            "reception": Provide(lambda: server.reception, sync_to_thread=False),
            "desk": Provide(lambda: CallersDesk(server.desk, ada), sync_to_thread=False),
            "removing": Provide(lambda: removing, sync_to_thread=False),
        },
        exception_handlers=exception_handlers(),
        openapi_config=None,
    )
    async with serving(app) as url, httpx2.AsyncClient(base_url=url, verify=NO_CERTIFICATES) as client:
        yield client


async def test_repositories_are_listed_with_what_landed_last(
    server: House, copy: Copy, api: httpx2.AsyncClient
) -> None:
    """A newcomer sees what there is, and how to clone it."""
    commit = await copy.commit("Fix rounding")
    await copy.git("push", "-q", "-o", "detach", "origin", "main", "main:topic")

    (shop,) = (await api.get("/api/v1/repositories")).json()

    assert (shop["repository"], shop["trunk"], shop["branches"]) == ("shop", "main", 2)
    assert (shop["last_change"]["commit"], shop["last_change"]["subject"]) == (commit, "Fix rounding")
    assert shop["git_url"] == "https://andon.example/git/shop"


async def test_a_repository_shows_its_branches_and_changes(server: House, copy: Copy, api: httpx2.AsyncClient) -> None:
    """Where each branch stands, and what landed, newest first."""
    first = await copy.commit("One", one="1")
    await copy.git("push", "-q", "-o", "detach", "origin", "main", "main:topic")
    second = await copy.commit("Two", two="2")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")

    opened = (await api.get("/api/v1/repositories/shop")).json()
    changes = (await api.get("/api/v1/repositories/shop/changes")).json()

    assert {branch["branch"]: branch["commit"] for branch in opened["branches"]} == {"main": second, "topic": first}
    assert [(change["commit"], change["commits"]) for change in changes] == [(second, 1), (first, 1)]


async def test_a_repository_is_created_with_its_trunk(server: House, copy: Copy, api: httpx2.AsyncClient) -> None:
    """Its first push then lands on that trunk."""
    created = await api.post("/api/v1/repositories", json={"name": "shop", "trunk": "stable"})
    assert (created.status_code, created.json()["trunk"]) == (201, "stable")
    await copy.commit("One")
    await copy.git("push", "-q", "-o", "detach", "origin", "main", "main:stable")

    assert [change.commits[0].subject for change in server.views.changes("shop")] == ["One"]
    again = await api.post("/api/v1/repositories", json={"name": "shop", "trunk": "main"})
    assert (again.status_code, again.json()["error"]["rule"]) == (409, "one-trunk")


@pytest.mark.parametrize("body", [{"name": "../shop"}, {"name": "shop.git"}, {"name": "shop", "trunk": "-x"}, {}])
async def test_a_name_that_is_none_creates_nothing(
    server: House, api: httpx2.AsyncClient, body: dict[str, str]
) -> None:
    """The answer says what a name is."""
    refused = await api.post("/api/v1/repositories", json=body)

    assert (refused.status_code, refused.json()["error"]["kind"]) == (400, "invalid")
    assert not server.repositories.names()


async def test_an_unknown_repository_is_not_found(api: httpx2.AsyncClient) -> None:
    """The answer says how it would come to be."""
    missing = await api.get("/api/v1/repositories/nowhere")

    assert missing.status_code == 404
    assert "A first push creates it" in missing.json()["error"]["reason"]


async def test_only_an_admin_changes_the_trunk(server: House, copy: Copy, api: httpx2.AsyncClient) -> None:
    """It would let anybody go round what keeps the trunk."""
    await copy.commit("One")
    await copy.git("push", "-q", "-o", "detach", "origin", "main", "main:develop")

    answer = await api.post("/api/v1/repositories/shop/trunk", json={"branch": "develop"})

    assert answer.status_code == 403
    assert (await server.state()).trunk == "main"


async def test_only_an_admin_archives_and_deletes(server: House, copy: Copy, api: httpx2.AsyncClient) -> None:
    """Whoever may push and promote may not."""
    await copy.commit("One")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")

    for ending in ("archive", "unarchive", "deletion"):
        answer = await api.post(f"/api/v1/repositories/shop/{ending}", json={"because": "moved", "sure": True})
        assert (answer.status_code, answer.json()["error"]["kind"]) == (403, "forbidden"), ending
    assert (await server.state()).closing is None


async def test_a_change_is_approved_by_the_first_digits_of_its_commit(
    server: House, copy: Copy, api: httpx2.AsyncClient
) -> None:
    """Once; a commit that nobody pushed cannot be."""
    commit = await copy.commit("Change what is protected")
    await copy.git("push", "-q", "-o", "detach", "origin", "main:topic")

    for _ in range(2):
        given = await api.post("/api/v1/approvals", json={"repository": "shop", "commit": commit[:9]})
        assert (given.status_code, given.json()) == (200, {"repository": "shop", "commit": commit, "by": "ada"})
    assert (await server.state()).approved == (commit,)

    unknown = await api.post("/api/v1/approvals", json={"repository": "shop", "commit": "0" * 40})
    assert (unknown.status_code, "Push it to a branch first" in unknown.text) == (404, True)


async def test_changed_paths_are_those_that_differ(server: House, copy: Copy) -> None:
    """Removed and renamed ones too; of a first commit all of them."""
    first = await copy.commit("One", one="1", two="2")
    await copy.git("mv", "one", "three")
    second = await copy.commit("Two", two="other")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    changed = server.repositories.changed
    quarantine = NO_QUARANTINE
    assert set(await changed(SHOP, None, CommitId(first), quarantine=quarantine)) == {"one", "two"}
    assert set(await changed(SHOP, CommitId(first), CommitId(second), quarantine=quarantine)) == {"one", "two", "three"}
