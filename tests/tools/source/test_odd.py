"""Repositories as they are found in the world: old objects, shallow clones, hundreds of tags, names in any script."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from andon.kernel.errors import NotFound
from andon.kernel.ids import BranchName, RepositoryName
from tests.callers import admin

from .client import Copy
from .house import SHOP, House

pytestmark = pytest.mark.anyio
WHO = "t <t@e.x> 1313584730 +0000"


async def made(copy: Copy, kind: str, content: bytes) -> str:
    """An object as it stands in old histories; its id."""
    (copy.folder / "object").write_bytes(content)
    return await copy.git("hash-object", "-t", kind, "-w", "--literally", "object")


async def branch(copy: Copy, name: str, *, tree: str, author: str = WHO) -> None:
    """A branch with one commit of this folder."""
    text = f"tree {tree}\nauthor {author}\ncommitter {WHO}\n\nold\n"
    await copy.git("update-ref", f"refs/heads/{name}", await made(copy, "commit", text.encode()))


async def tree_of(copy: Copy, *entries: tuple[bytes, bytes, str]) -> str:
    """A folder with these modes, names and objects."""
    return await made(
        copy, "tree", b"".join(b"%b %b\0" % (mode, name) + bytes.fromhex(id_) for mode, name, id_ in entries)
    )


@pytest.fixture
async def old(server: House, copy: Copy) -> Copy:
    """A working copy whose objects are written byte by byte."""
    server.narrator.tell(None, None, None)
    await copy.commit("Whole", **{f"file-{number}": f"{number}" for number in range(3)})
    return copy


@pytest.mark.parametrize(
    ("author", "flaw"),
    [
        ("t <t@e.x> 1313584730 +051800", "badTimezone"),
        ("t<t@e.x> 1313584730 +0000", "missingSpaceBeforeEmail"),
        ("t <t@e.x>1313584730 +0000", "missingSpaceBeforeDate"),
        ("t <t@e.x> 0313584730 +0000", "zeroPaddedDate"),
        ("<t@e.x> 1313584730 +0000", "missingNameBeforeEmail"),
        ("t t@e.x 1313584730 +0000", "missingEmail"),
    ],
)
async def test_an_old_commit_lands_with_a_warning(server: House, old: Copy, author: str, flaw: str) -> None:
    """The pusher reads which object has which flaw; the history cannot be written anew for it."""
    await branch(old, "main", tree=await old.git("rev-parse", "HEAD^{tree}"), author=author)
    commit = await old.git("rev-parse", "main")

    said = await old.git("push", "origin", "main")

    assert f"warning: object {commit}: {flaw}: " in said
    assert (await server.state()).head(server.views.get("shop").trunk) == commit


async def test_a_large_push_of_old_objects_lands_with_a_warning(server: House, old: Copy) -> None:
    """git takes more than 100 objects in by another program, which has the same settings."""
    blobs = [await made(old, "blob", b"%d" % number) for number in range(3)]
    tree = await tree_of(old, *((b"0100644", b"f%d" % number, id_) for number, id_ in enumerate(blobs)))
    await branch(old, "main", tree=tree)
    stream = "".join(f"commit refs/heads/main\ncommitter {WHO}\ndata 1\nx\n" for _ in range(120))
    (old.folder / "stream").write_text(stream.replace("data 1\nx\n", "data 1\nx\nfrom refs/heads/main^0\n", 1))
    await old.git("-c", "alias.load=!git fast-import --quiet <stream", "load")

    said = await old.git("push", "origin", "main")

    assert f"warning: object {tree}: zeroPaddedFilemode: " in said
    assert (await server.state()).heads


@pytest.mark.parametrize(
    ("mode", "name", "flaw"),
    [
        (b"40000", b".git", "hasDotgit"),
        (b"40000", b".GIT", "hasDotgit"),
        (b"40000", b"..", "hasDotdot"),
        (b"40000", b"git~1", "hasDotgit"),
        (b"120000", b".gitmodules", "gitmodulesSymlink"),
        (b"100644", b"a/b", "fullPathname"),
    ],
)
async def test_an_attack_is_refused(server: House, old: Copy, mode: bytes, name: bytes, flaw: str) -> None:
    """A path that leads a client's git astray does not come in, whatever else is taken."""
    inner = await old.git("rev-parse", "HEAD^{tree}") if mode == b"40000" else await made(old, "blob", b"../../x")
    await branch(old, "main", tree=await tree_of(old, (mode, name, inner)))

    said = await old.git("push", "origin", "main", code=1)

    assert f": {flaw}: " in said
    assert not (await server.state()).exists


async def test_a_shallow_clone_is_told_to_fetch_the_rest(server: House, old: Copy, tmp_path: Path) -> None:
    """Its history would end in nothing on the server."""
    await old.commit("Two", two="2")
    await old.git("clone", "-q", "--depth", "1", old.folder.as_uri(), str(tmp_path / "shallow"))
    shallow = Copy(tmp_path / "shallow")

    said = await shallow.git("push", server.remote(), "HEAD:main", code=1)

    assert "refused by whole-history: this clone is shallow: " in said
    assert "git fetch --unshallow, then push again" in said
    assert server.refusals[-1].event.rule == "whole-history"
    await shallow.git("fetch", "-q", "--unshallow")
    await shallow.git("push", "-q", "-o", "detach", server.remote(), "HEAD:main")


async def test_a_shallow_clone_pushes_what_is_whole_on_the_server(server: House, old: Copy, tmp_path: Path) -> None:
    """Its base is there, so nothing is missing."""
    await old.commit("Two", two="2")
    await old.git("push", "-q", "-o", "detach", "origin", "main")
    await old.git("clone", "-q", "--depth", "1", server.remote(), str(tmp_path / "shallow"))
    shallow = Copy(tmp_path / "shallow")
    commit = await shallow.commit("Three", three="3")

    await shallow.git("push", "-q", "-o", "detach", "origin", "HEAD:main")

    pushed = server.views.changes("shop", 1)[0]
    assert (pushed.commit, len(pushed.commits)) == (commit, 1)


async def test_hundreds_of_tags_come_with_a_branch(server: House, old: Copy) -> None:
    """As the first push of an old repository does: `git push --tags`."""
    tags = "".join(f"create refs/tags/v{number} HEAD\n" for number in range(300))
    (old.folder / "tags").write_text(tags)
    await old.git("-c", "alias.tags=!git update-ref --stdin <tags", "tags")

    await old.git("push", "-q", "-o", "detach", "origin", "main", "--tags")

    assert len((await server.state()).heads) == 1
    assert len((await old.git("ls-remote", "--tags", "origin")).splitlines()) == 300


async def test_branches_have_names_in_any_script(server: House, old: Copy) -> None:
    """Also with quotes and signs of a shell."""
    names = ["größe", "a'b\"c$d`e;f", "数/量"]
    await old.git("push", "-q", "-o", "detach", "origin", *(f"HEAD:refs/heads/{name}" for name in names))

    assert sorted(head.branch for head in (await server.state()).heads) == sorted(names)
    await old.git("push", "-q", "origin", "--delete", *(f"refs/heads/{name}" for name in names))
    assert (await server.state()).heads == ()


async def test_trunk_and_side_branch_in_one_push(server: House, old: Copy) -> None:
    """Both are recorded, only the trunk's commit landed; the side branch is then rewritten by force and deleted."""
    await old.git("push", "-q", "-o", "detach", "origin", "main", "main:side")
    assert [head.branch for head in (await server.state()).heads] == ["main", "side"]
    assert len(server.views.changes("shop", 10)) == 1

    await old.git("commit", "-q", "--amend", "-m", "Other")
    await old.git("push", "-q", "--force", "-o", "detach", "origin", "HEAD:side")
    await old.git("push", "-q", "origin", ":side")

    assert [head.branch for head in (await server.state()).heads] == ["main"]


async def test_tags_alone_make_no_line(server: House, old: Copy) -> None:
    """They are kept; the repository begins with its first branch."""
    await old.git("tag", "v1")
    said = await old.git("push", "-q", "origin", "v1")
    assert "the tags are kept; shop begins with its first branch: git push andon main" in said
    assert not (await server.state()).exists

    await old.git("push", "-q", "-o", "detach", "origin", "main")

    assert (await server.state(SHOP)).exists


async def test_a_first_push_of_another_branch_says_what_the_trunk_is(server: House, old: Copy) -> None:
    """It is built and not deployed, until the trunk is pushed or another branch becomes it."""
    said = (await old.git("push", "-o", "detach", "origin", "main:develop")).replace("\nremote:  ", "")
    assert "develop is built and not deployed: the trunk of shop is main, which has no commits yet." in said
    assert "andon repository trunk shop BRANCH" in said

    await server.reception.change_trunk(SHOP, BranchName("develop"), by=admin("ada"))

    state, seen = await server.state(), server.views.get("shop")
    assert (state.trunk, seen.trunk) == ("develop", "develop")
    assert [change.commit for change in seen.changes] == [state.head(state.trunk)]
    assert "ref: refs/heads/develop\tHEAD" in await old.git("ls-remote", "--symref", "origin", "HEAD")
    assert "the trunk of shop" not in await old.git("push", "-o", "detach", "origin", "main:other")
    assert "develop is the trunk and stays" in await old.git("push", "origin", ":develop", code=1)


async def test_a_branch_that_is_not_there_does_not_become_the_trunk(server: House, old: Copy) -> None:
    """The one that was meant is named."""
    await old.git("push", "-q", "-o", "detach", "origin", "main", "main:develop")
    with pytest.raises(NotFound, match=r"shop has no branch devlop\. Did you mean develop\?"):
        await server.reception.change_trunk(SHOP, BranchName("devlop"), by=admin("ada"))
    await server.reception.change_trunk(SHOP, BranchName("main"), by=admin("ada"))
    assert len(server.views.changes("shop")) == 1


async def test_names_that_no_repository_may_have_are_refused_in_words(server: House, old: Copy) -> None:
    """The sentence names what is allowed."""
    answers = await asyncio.gather(
        *(old.git("push", server.remote(name), "main", code=128) for name in ("größe", "-x", "Shop", "a%20b"))
    )
    assert all("is no name for a repository: use 1 to 64 of a-z 0-9 . _ -" in said for said in answers)
    assert server.repositories.names() == ()
    assert not server.repositories.folder(RepositoryName("-x")).exists()
