"""The one way of calling git: what it sees, how long it may take, and what its failures read like."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from andon.kernel.errors import PortError
from andon.machine.git.git import Git
from andon.machine.git.words import GitFailed, TooMuch, clean, reason

pytestmark = pytest.mark.anyio
PATH = os.environ["PATH"]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """In an empty repository with files."""
    git = Git(search_path=PATH, folder=tmp_path)
    git.output_now("init", "--quiet", "--initial-branch", "main")
    return git


def pretending(folder: Path, script: str) -> str:
    """A search path on which git is this script."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "git").chmod(0o755)
    return f"{folder / 'bin'}:{PATH}"


def is_running(pid: str) -> bool:
    return Path("/proc", pid.strip()).exists()


async def test_both_ways_of_waiting_print_the_same(git: Git) -> None:
    """A thread and a coroutine call the same git; more than a pipe holds is given and read."""
    given = b"HEAD\n" * 50_000
    now = git.output_now("cat-file", "--batch-check", given=given)
    assert now == await git.output("cat-file", "--batch-check", given=given) == b"HEAD missing\n" * 50_000


async def test_nothing_of_the_user_is_seen(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither settings from a home or from the environment, nor a repository of a hook that started us."""
    (tmp_path / ".gitconfig").write_text('[user]\nname = "Ada"\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Eve")
    with pytest.raises(GitFailed):
        git.output_now("config", "user.name")
    assert git.output_now("rev-parse", "--git-dir") == b".git\n"


async def test_a_persons_git_has_their_settings_but_not_a_hooks_repository(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`andon run` in a pre-commit hook means the repository that it stands in."""
    (tmp_path / ".gitconfig").write_text('[user]\nname = "Ada"\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    theirs = Git(search_path=None, folder=tmp_path)
    assert theirs.output_now("config", "user.name") == b"Ada\n"
    assert theirs.output_now("rev-parse", "--git-dir") == b".git\n"


@pytest.mark.parametrize("search_path", [PATH, None])
async def test_no_repository_names_a_program(tmp_path: Path, search_path: str | None) -> None:
    """Its hooks and its monitor of files are not run, and nothing is fetched that was not asked for."""
    git = Git(search_path=search_path, folder=tmp_path)
    git.output_now("init", "--quiet")
    touch = f"touch {tmp_path / 'touched'}"
    hook = tmp_path / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{touch}\n")
    hook.chmod(0o755)
    git.output_now("config", "core.fsmonitor", touch)
    (tmp_path / "a").write_text("a")
    git.output_now("add", "a")
    for address in (f"ext::{touch}", (tmp_path / ".git").as_uri()):
        with pytest.raises(GitFailed, match="not allowed"):
            git.output_now("fetch", address)
    assert not (tmp_path / "touched").exists()


async def test_too_much_is_not_read(git: Git) -> None:
    """The process ends with it, and memory stays what it was."""
    small = Git(search_path=PATH, folder=git.folder, most_bytes=100)
    with pytest.raises(TooMuch, match="git help printed more than 100 bytes"):
        await small.output("help", "--all")
    with pytest.raises(TooMuch, match="git help printed more than 100 bytes"):
        small.output_now("help", "--all")


async def test_lines_come_one_by_one_and_git_ends_with_the_reader(tmp_path: Path) -> None:
    """Whole, the last one also without an end; one that is too long is not kept."""
    git, seen = Git(search_path=pretending(tmp_path, "printf 'a\\0bc\\0d'"), folder=tmp_path), list[bytes]()
    await git.each_line("log", take=seen.append, end=b"\0")
    assert seen == [b"a", b"bc", b"d"]

    def refuse(line: bytes) -> None:
        raise TooMuch("enough")

    endless = Git(search_path=pretending(tmp_path, f"echo $$ >{tmp_path / 'pid'}; exec yes"), folder=tmp_path)
    with pytest.raises(TooMuch, match="enough"):
        await endless.each_line("log", take=refuse)
    assert not is_running((tmp_path / "pid").read_text())
    with pytest.raises(TooMuch, match="git log printed more than 1,048,576 bytes"):
        await endless.each_line("log", take=refuse, end=b"\0")


async def test_git_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """With what it started."""
    path = pretending(tmp_path, f"echo $$ >{tmp_path / 'pid'}; sleep 60; true")
    git = Git(search_path=path, folder=tmp_path, timeout=timedelta(milliseconds=300))
    with pytest.raises(PortError, match=r"git log took longer than 0\.3 s"):
        await git.run("log")
    assert not is_running((tmp_path / "pid").read_text())
    with pytest.raises(PortError, match=r"git log took longer than 0\.3 s"):
        git.output_now("log")
    assert not is_running((tmp_path / "pid").read_text())


async def test_what_is_cancelled_is_ended(tmp_path: Path) -> None:
    """Nothing goes on for somebody who waits no more."""
    pipe = tmp_path / "pid"
    os.mkfifo(pipe)
    git = Git(search_path=pretending(tmp_path, f"echo $$ >{pipe}; exec sleep 60"), folder=tmp_path)
    asking = asyncio.create_task(git.run("log"))
    pid = await asyncio.to_thread(pipe.read_text)
    asking.cancel()
    await asyncio.wait([asking])
    assert asking.cancelled()
    assert not is_running(pid)


async def test_silence_ends_what_is_read_as_it_comes(tmp_path: Path) -> None:
    """However long it takes, as long as something comes."""
    path = pretending(tmp_path, "echo one; exec sleep 60")
    git = Git(search_path=path, folder=tmp_path, silence=timedelta(milliseconds=300))
    chunks = git.chunks_now(git.start("log"), "git log")
    assert next(chunks) == b"one\n"
    with pytest.raises(PortError, match=r"git log was stopped after \d s: no output for 0 s"):
        next(chunks)


async def test_missing_git_and_missing_folders_are_told_apart(tmp_path: Path) -> None:
    """Each has another remedy."""
    with pytest.raises(PortError, match="Install git"):
        await Git(search_path=str(tmp_path), folder=tmp_path).output("log")
    with pytest.raises(PortError, match="there is no folder"):
        Git(search_path=PATH, folder=tmp_path / "gone").output_now("log")


def test_words_are_clean() -> None:
    """No password, no control character, no progress; the first fatal sentence is the reason."""
    said = (
        b"Receiving objects:  41% (12/29)\rReceiving objects: 100% (29/29), done.\n"
        b"remote: \x1b[31mno\x1b[m\nfatal: cannot read https://ada:geheim@host/x.\nfatal: more\n"
    )
    assert clean(said) == "remote:  [31mno [m\nfatal: cannot read https://host/x.\nfatal: more"
    assert reason(clean(said)) == "cannot read https://host/x"
    assert reason("") == "git failed without a message"
