"""Pushes that are turned away: a clear sentence for the pusher, nothing changed, and the refusal in the ledger."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha1
from pathlib import Path

import httpx2
import pytest

from andon.kernel.errors import Refused
from andon.kernel.ids import BranchName
from andon.testing.installation import NO_CERTIFICATES

from .client import Copy, working_copy
from .house import SHOP, House, house

pytestmark = pytest.mark.anyio

ADA = {"authorization": f"Basic {b64encode(b'git:ada-token').decode()}"}
MEBIBYTE = 1024 * 1024


@pytest.fixture
async def landed(server: House, copy: Copy) -> Copy:
    """A working copy whose main has two commits on the server."""
    await copy.commit("One", one="1")
    await copy.commit("Two", two="2")
    await copy.git("push", "-q", "-o", "detach", "origin", "main")
    return copy


async def heads(server: House) -> dict[str, str]:
    return {head.branch: head.commit for head in await server.repositories.heads(SHOP)}


async def test_a_refusal_says_rule_reason_and_remedy_and_changes_nothing(server: House, landed: Copy) -> None:
    """What a judge of another tool says reaches the pusher as it is, with the place in the file."""
    before = await heads(server)
    server.court.verdict = Refused(
        "line_is_valid", 'line.toml:3:1: unknown key "naem".\n  naem = "test"\n  ^^^^', 'Did you mean "name"?'
    )
    await landed.commit("Three", three="3")

    said = await landed.git("push", "origin", "main", code=1)

    assert 'remote: ✗ refused by line_is_valid: line.toml:3:1: unknown key "naem".' in said
    assert 'remote:     naem = "test"\nremote:     ^^^^\nremote:   Did you mean "name"?' in said
    assert "! [remote rejected] main -> main (pre-receive hook declined)" in said
    assert await heads(server) == before == {head.branch: head.commit for head in (await server.state()).heads}


async def test_a_judge_reads_files_that_are_not_accepted_yet(server: House, landed: Copy) -> None:
    """The judge is asked while the pushed objects are in quarantine, and can read them."""
    await landed.commit("Line", **{"line.toml": "schema = 1\n"})
    await landed.git("push", "-q", "-o", "detach", "origin", "main")

    push = server.court.asked[-1]
    assert push.quarantine
    commit = push.updates[0].after
    assert commit
    assert await server.repositories.blob(SHOP, commit, "line.toml") == b"schema = 1\n"
    assert push.options == ("detach",)


async def test_the_trunk_cannot_be_rewritten(server: House, landed: Copy) -> None:
    """Force does not help; what landed stays."""
    before = await heads(server)
    await landed.git("reset", "-q", "--hard", "HEAD~1")
    await landed.commit("Another two", two="other")

    said = await landed.git("push", "--force", "origin", "main", code=1)

    assert "remote: ✗ refused by trunk-moves-forward: this push would rewrite main" in said
    assert "git pull --rebase andon main" in said
    assert await heads(server) == before


async def test_the_trunk_cannot_be_deleted(server: House, landed: Copy) -> None:
    """The line keeps its trunk."""
    said = await landed.git("push", "origin", ":main", code=1)

    assert "remote: ✗ refused by trunk-moves-forward: main is the trunk and stays." in said
    assert "main" in await heads(server)


async def test_other_branches_can_be_rewritten_and_deleted(server: House, landed: Copy) -> None:
    """Only the trunk is kept."""
    await landed.git("push", "-q", "-o", "detach", "origin", "main:topic")
    await landed.git("push", "-q", "-o", "detach", "--force", "origin", "main~1:topic")
    assert (await server.state()).head(BranchName("topic")) == await landed.git("rev-parse", "main~1")
    await landed.git("push", "-q", "origin", ":topic")
    assert (await server.state()).head(BranchName("topic")) is None


async def test_tags_are_let_in_and_other_refs_are_not(server: House, landed: Copy) -> None:
    """A ref is a branch or a tag."""
    await landed.git("tag", "-a", "-m", "First", "v1")
    await landed.git("push", "-q", "origin", "v1")
    assert "refs/tags/v1" in await landed.git("ls-remote", "origin")

    said = await landed.git("push", "origin", "main:refs/notes/x", code=1)

    assert "remote: ✗ refused by branches-and-tags-only: refs/notes/x is neither a branch nor a tag." in said


async def test_a_bomb_of_branches_is_refused_at_once(server: House, landed: Copy) -> None:
    """10,000 branches in one push: one sentence, and no branch. (git itself needs a minute to send so many.)"""
    commit = await landed.git("rev-parse", "main")
    commands = [f"{'0' * 40} {commit} refs/heads/bomb-{number:05}" for number in range(10_000)]
    commands[0] += "\0 report-status side-band-64k object-format=sha1"
    head = b"PACK" + (2).to_bytes(4) + (0).to_bytes(4)
    body = "".join(f"{len(command) + 4:04x}{command}" for command in commands).encode() + b"0000" + head
    headers = {**ADA, "content-type": "application/x-git-receive-pack-request"}

    async with httpx2.AsyncClient(timeout=30, verify=NO_CERTIFICATES) as client:
        url = f"{server.url}/git/shop/git-receive-pack"
        answer = await client.post(url, headers=headers, content=body + sha1(head).digest())

    assert "refused by push-limits: this push moves 10,000 branches at once; the limit is 50." in answer.text
    assert set(await heads(server)) == {"main"}


async def test_a_refusal_is_in_the_ledger(server: House, landed: Copy) -> None:
    """Who was refused what, and why, can be read later."""
    await landed.git("push", "origin", ":main", code=1)

    refused = server.refusals[-1]
    assert (refused.event.rule, refused.actor, refused.stream) == ("trunk-moves-forward", "ada", "repository/shop")


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[House]:
    """A git server with small limits."""
    from andon.tools.source.model.push import PushLimits

    root = tmp_path / "narrow"
    root.mkdir()
    limits = PushLimits(file_bytes=MEBIBYTE, push_bytes=8 * MEBIBYTE, branches=2)
    async with house(root, limits) as running:
        yield running


async def test_a_large_file_is_named_with_the_limit(narrow: House, tmp_path: Path) -> None:
    """Also when it is hidden in a commit below the top."""
    copy = await working_copy(tmp_path / "copy", narrow.remote())
    await copy.commit("One", one="1")
    await copy.commit("Film", **{"my film.bin": "x" * (2 * MEBIBYTE)})
    await copy.git("rm", "-q", "my film.bin")
    await copy.commit("No film")

    said = await copy.git("push", "origin", "main", code=1)

    assert "refused by file-size: my film.bin (2 MiB): bigger than the limit of 1 MiB for one file." in said
    assert await narrow.repositories.heads(SHOP) == ()


async def test_a_message_that_nobody_reads_is_named(narrow: House, tmp_path: Path) -> None:
    """What the server reads whole of each commit is bounded, too."""
    copy = await working_copy(tmp_path / "copy", narrow.remote())
    (copy.folder / "message").write_text("x" * (2 * MEBIBYTE))
    await copy.git("commit", "-q", "--allow-empty", "-F", "message")

    said = await copy.git("push", "origin", "main", code=1)

    assert "(2 MiB): bigger than git's own objects may be" in said
    assert "git commit --amend" in said


async def test_a_file_of_200_mebibytes_is_refused_by_the_usual_limits(server: House, landed: Copy) -> None:
    """It is taken in, weighed, and leaves nothing behind."""
    with (landed.folder / "disk.img").open("wb") as file:
        file.truncate(200 * MEBIBYTE)
    await landed.commit("Image", one="2")

    said = await landed.git("-c", "core.compression=1", "push", "origin", "main", code=1)

    assert "refused by file-size: disk.img (200 MiB): bigger than the limit of 100 MiB for one file." in said
    assert sum(file.stat().st_size for file in server.repositories.folder(SHOP).rglob("*")) < MEBIBYTE


async def test_a_push_over_the_limit_ends_in_a_sentence(narrow: House, tmp_path: Path) -> None:
    """git itself stops to unpack it."""
    copy = await working_copy(tmp_path / "copy", narrow.remote())
    (copy.folder / "noise").write_bytes(_noise(12 * MEBIBYTE))
    await copy.commit("Noise", one="1")

    said = await copy.git("push", "origin", "main", code=1)

    assert "remote: fatal: pack exceeds maximum allowed size" in said
    assert await narrow.repositories.heads(SHOP) == ()


async def test_a_push_far_over_the_limit_is_not_even_read(narrow: House, tmp_path: Path) -> None:
    """What is announced as too much is declined before a byte of it is taken."""
    copy = await working_copy(tmp_path / "copy", narrow.remote())
    (copy.folder / "noise").write_bytes(_noise(30 * MEBIBYTE))
    await copy.commit("Noise", one="1")

    said = await copy.git("-c", "http.postBuffer=64m", "push", "origin", "main", code=1)

    assert "413" in said
    assert not narrow.court.asked


async def test_a_repository_has_a_bounded_number_of_branches(narrow: House, tmp_path: Path) -> None:
    """The sentence says what to do about it."""
    copy = await working_copy(tmp_path / "copy", narrow.remote())
    await copy.commit("One", one="1")
    await copy.git("push", "-q", "-o", "detach", "origin", "main", "main:two")

    said = await copy.git("push", "origin", "main:three", code=1)

    assert "the repository would have 3 branches; the limit is 2." in said
    assert "git push origin --delete BRANCH" in said


def _noise(size_bytes: int) -> bytes:
    import random

    return random.Random(1).randbytes(size_bytes)
