"""`andon run`: the working copy, through the same engine, without a server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from andon.testing.installation import Done
from andon.testing.waiting import until
from tests.forked import andon

from .workshop import git, pipeline


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A git repository with one commit."""
    folder = tmp_path / "shop"
    git("init", "-q", "-b", "trunk", str(folder))
    write(folder, {**pipeline(unit='run = "cat file"'), "file": "committed\n", ".gitignore": "ignored\n"})
    git("-C", str(folder), "add", "-A")
    git("-C", str(folder), "commit", "-q", "-m", "Open the shop")
    return folder


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def start(folder: Path) -> subprocess.Popen[bytes]:
    """As from a keyboard: where tests run in the background, SIGINT is ignored, and children inherit that."""
    listening = ("env", "--default-signal=INT,HUP", sys.executable, "-m", "andon", "run")
    return subprocess.Popen(listening, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(folder: Path, *arguments: str) -> Done:
    return andon("run", *arguments, folder=folder, environ=os.environ)


def test_a_green_run_ends_with_0(copy: Path) -> None:
    """The same lines as after a push, of the commit itself when nothing is changed."""
    done = run(copy)
    commit = git("-C", str(copy), "rev-parse", "HEAD")[:7]
    assert done.code == 0, done.err
    head, unit, end = done.out.splitlines()
    assert head == f'andon  {commit} "Open the shop"  ·  shop  ·  trunk'
    assert unit.startswith("  ✓ unit ")
    assert "green" in end


def test_a_red_run_ends_with_1_and_shows_what_was_printed(copy: Path) -> None:
    """Uncommitted changes and new files are run as well; ignored ones are not."""
    write(
        copy, {**pipeline(unit='run = "cat file new; ls; exit 3"'), "file": "changed\n", "new": "new\n", "ignored": ""}
    )
    done = run(copy)
    assert done.code == 1
    assert '"changes after: Open the shop"' in done.out
    assert "exit code 3" in done.out
    printed = done.out.partition("what unit printed last:\n")[2].split()
    assert printed == ["changed", "new", "andon.toml", "file", "new"]


def test_the_working_copy_stays_as_it_is(copy: Path) -> None:
    """No object, no index entry, no file of ours; nor does a task see it."""
    write(copy, {**pipeline(unit=f'run = "test ! -e {copy}; echo made > made"'), "new": "new\n"})
    before = git("-C", str(copy), "status", "--porcelain"), git("-C", str(copy), "count-objects")
    assert run(copy).code == 0
    assert (git("-C", str(copy), "status", "--porcelain"), git("-C", str(copy), "count-objects")) == before


def test_only_the_named_task_and_what_it_needs_runs(copy: Path) -> None:
    """Others are not even mentioned."""
    write(copy, pipeline(lint='run = "true"', unit='run = "true"\nneeds = ["lint"]', slow='run = "exit 1"'))
    done = run(copy, "unit", "--json")
    assert done.code == 0, done.out
    assert [task["name"] for task in done.json["tasks"]] == ["lint", "unit"]
    assert "There is no task" in run(copy, "other").out


def test_an_artifact_is_looked_at_but_not_published(copy: Path) -> None:
    """What is missing here would be missing on the server."""
    artifact = '\nartifact = { name = "shop", path = "dist" }'
    write(copy, pipeline(package=f'run = "true"{artifact}'))
    done = run(copy)
    assert (done.code, 'left no "dist"' in done.out) == (1, True)


def test_a_first_pipeline_can_be_tried_before_the_first_commit(tmp_path: Path) -> None:
    """A repository without a commit is a working copy too."""
    folder = tmp_path / "new"
    git("init", "-q", "-b", "trunk", str(folder))
    write(folder, pipeline(unit='run = "true"'))
    assert run(folder).code == 0


def test_outside_of_a_repository_it_says_what_to_do(tmp_path: Path) -> None:
    """With the command."""
    done = run(tmp_path)
    assert done.code == 1
    assert "git init" in done.out + done.err


@pytest.mark.anyio
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
async def test_whatever_ends_it_leaves_nothing_running(copy: Path, ending: signal.Signals) -> None:
    """By Ctrl-C, by kill, or because the terminal closed: what was started is killed, and its files are gone."""
    mark = f"976{os.getpid()}{ending.value}"
    write(copy, pipeline(slow=f'run = "sleep {mark}"'))
    with start(copy) as running:
        try:
            await until(lambda: _sleeping(mark), what="the task")
            running.send_signal(ending)
            assert running.wait(timeout=60) == 130
        finally:
            running.kill()
    assert not _sleeping(mark)


def _sleeping(mark: str) -> bool:
    return any(p.info["cmdline"][-1:] == [mark] for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"])
