"""A repository is archived, opened again and deleted: what pushers and readers are told, and what stays on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.kernel.errors import NotFound, PortError, Refused
from andon.kernel.ids import Actor, BranchName, stream
from andon.testing.waiting import until
from andon.tools.source.model.removal import ArchiveRepository, DeleteRepository, UnarchiveRepository
from andon.tools.source.model.repository import NOUN
from tests.callers import admin

from .client import Copy, working_copy
from .house import SHOP, House, house

pytestmark = pytest.mark.anyio

ROOT = Actor("root")
ARCHIVE = ArchiveRepository(repository=SHOP, by=ROOT, reason="moved to the monorepo")
DELETE = DeleteRepository(repository=SHOP, by=ROOT, reason="never used")


@pytest.fixture
async def landed(server: House, copy: Copy) -> Copy:
    """A working copy whose main is on the server."""
    await copy.commit("One", one="1")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    return copy


async def test_an_archived_repository_is_read_and_not_pushed_to(server: House, landed: Copy, tmp_path: Path) -> None:
    """The refusal says who, when, why and how to go on, and is in the ledger; opened again, the push lands."""
    await server.reception.archive_or_delete(ARCHIVE, by=admin())
    await landed.commit("Two", two="2")

    said = await landed.git("push", "origin", "main", code=1)

    assert "✗ refused by repository-archived: shop was archived by root on 20" in said
    assert "UTC: moved to the monorepo" in " ".join(said.replace("remote:", "").split())
    assert "andon repository unarchive shop --because" in said
    assert server.refusals[-1].event.rule == "repository-archived"
    assert (await landed.git("ls-remote", "origin", "main")).startswith(await landed.git("rev-parse", "main~1"))
    assert "✗" not in await landed.git("clone", "-q", server.remote(), str(tmp_path / "clone"))

    opening = UnarchiveRepository(repository=SHOP, reason="it goes on")
    await server.reception.archive_or_delete(opening, by=admin())
    await landed.git("push", "-q", "-o", "detach", "origin", "main")
    assert (await server.state()).head(BranchName("main")) == await landed.git("rev-parse", "main")


async def test_a_deleted_repository_is_gone_and_its_name_stays_reserved(server: House, landed: Copy) -> None:
    """Its folder goes; readers and pushers are told by whom and why; a push does not create it again."""
    await server.reception.archive_or_delete(DELETE, by=admin())
    assert not server.repositories.folder(SHOP).exists()

    read = await landed.git("fetch", "origin", code=None)
    assert "remote: shop was deleted by root on 20" in read
    pushed = await landed.git("push", "origin", "main", code=None)
    assert "shop was deleted by root on 20" in pushed
    assert "andon service transfer SERVICE --to REPOSITORY" in pushed
    assert server.refusals[-1].event.rule == "repository-deleted"
    assert server.repositories.names() == ()
    with pytest.raises(Refused, match="shop was deleted by root"):
        await server.reception.create(SHOP, BranchName("main"), by=admin())
    with pytest.raises(NotFound, match="shop was deleted by root"):
        server.views.get("shop")
    assert server.views.all() == ()


async def test_what_a_crash_left_of_a_deleted_repository_goes_at_the_next_start(tmp_path: Path) -> None:
    """The event is in the ledger and the folder is there, whole or in part: it ends in the same state, told once."""
    root = tmp_path / "data"
    root.mkdir()
    async with house(root) as server:
        copy = await working_copy(tmp_path / "copy", server.remote())
        await copy.commit("One", one="1")
        await copy.git("push", "-q", "-o", "detach", "origin", "main", "main:topic")
        await server.desk.submit(stream(NOUN.kind, SHOP), DELETE, actor=ROOT)  # and here the server is killed
        assert server.repositories.folder(SHOP).exists()
    (root / "repositories" / ".gone-shop").mkdir()
    async with house(root) as server:
        await server.reception.reconcile()
        assert [path for path in (root / "repositories").iterdir() if "shop" in path.name] == []
        assert (await server.state()).is_deleted
        assert (await server.state()).heads == ()
        await server.reception.archive_or_delete(DELETE, by=admin())
        assert await server.desk.submit(stream(NOUN.kind, SHOP), DELETE, actor=ROOT) == ()


async def test_a_folder_that_cannot_be_removed_now_is_removed_later(
    server: House, landed: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repository is deleted at once; the disk follows when it can."""
    really, tries = server.repositories.remove, 0

    async def remove(repository: object) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise PortError("The folder of shop could not be deleted: it is busy.")
        await really(SHOP)

    monkeypatch.setattr(server.repositories, "remove", remove)
    await server.reception.archive_or_delete(DELETE, by=admin())
    await until(lambda: not server.repositories.folder(SHOP).exists())
