"""`andon init` in real git repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid, Refused
from andon.tools.pipelines.check import check
from andon.tools.pipelines.init import init, repository_name
from tests.terminals import Screen, Told, screen, server_that_answers

URL = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's own git settings have a say, and no repository above is found."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A new git repository with a Makefile."""
    folder = tmp_path / "My Shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "Makefile").write_text("lint:\n\ttrue\ntest:\n\ttrue\n")
    return folder


def git(folder: Path, *arguments: str, text: str = "") -> str:
    """What git answers."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, input=text.encode(), timeout=30
    )
    return done.stdout.decode().strip()


def begin(folder: Path, **options: str) -> Screen:
    """`andon init` in the folder."""
    shown = screen(url=URL)
    init(folder, session=shown.session, **options)
    return shown


def test_a_repository_gets_a_file_and_a_remote(repository: Path) -> None:
    """And a list of what to type next, whose first command works."""
    shown = begin(repository)
    assert shown.text.splitlines() == [
        "✓ andon.toml has lint and test, from Makefile.",
        f"✓ git remote andon is {URL}/git/my-shop",
        "",
        "Next:",
        "  andon check",
        "  git add andon.toml && git commit -m 'Add a pipeline'",
        "  git push andon main",
        "",
        f"◆ No server answers at {URL}. Start one with: andon up",
        "  Or name the server that you use:  andon init --url URL",
    ]
    assert git(repository, "remote", "get-url", "andon") == f"{URL}/git/my-shop"
    check(repository / "andon.toml", session=shown.session)


def test_a_server_that_answers_is_not_warned_about(repository: Path) -> None:
    """Also when it does not know who asks: it can take a push with a token."""
    with server_that_answers(Told(status=401, body=b"{}")) as told:
        shown = screen(url=told.url)
        init(repository, session=shown.session)
    assert "No server" not in shown.text
    assert told.asked[0][1] == "/api/v1/whoami"


def test_it_works_from_a_folder_inside(repository: Path) -> None:
    """The file is written where .git is."""
    (repository / "src").mkdir()
    begin(repository / "src")
    assert (repository / "andon.toml").exists()


def test_git_asks_andon_and_nobody_else_for_the_token(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A helper that would store it is not asked for this server; real git does the asking."""
    programs = repository.parent / "bin"
    programs.mkdir()
    ours = '[ "$1 $2" = "credential get" ] && echo username=andon && echo password=andon_1'
    others = '[ "$1" = get ] && echo username=x && echo password=stored'
    for name, script in {"andon": ours, "git-credential-other": others}.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    git(repository, "config", "credential.helper", "other")
    begin(repository)
    filled = git(repository, "credential", "fill", text="url=http://127.0.0.1:9/git/my-shop\n\n")
    assert "password=andon_1" in filled.splitlines()
    filled = git(repository, "credential", "fill", text="url=http://elsewhere.example/\n\n")
    assert "password=stored" in filled.splitlines()


def test_a_file_that_is_there_stays_as_it_is(repository: Path) -> None:
    """A colleague wrote it; only the remote is missing."""
    (repository / "andon.toml").write_text("# ours\n")
    shown = begin(repository)
    assert (repository / "andon.toml").read_text() == "# ours\n"
    assert "already here and stays as it is" in shown.text
    assert "git add" not in shown.text
    assert git(repository, "remote") == "andon"


def test_a_second_time_is_refused(repository: Path) -> None:
    """With what to do instead."""
    begin(repository)
    with pytest.raises(Refused, match="andon check"):
        begin(repository)
    assert git(repository, "config", "--get-all", f"credential.{URL}.helper") == "!andon credential"


def test_another_remote_of_that_name_is_not_changed(repository: Path) -> None:
    """Before anything is written."""
    git(repository, "remote", "add", "andon", "https://elsewhere.example/git/x")
    with pytest.raises(Refused, match="git remote set-url andon"):
        begin(repository)
    assert not (repository / "andon.toml").exists()


def test_a_name_can_be_chosen(repository: Path) -> None:
    """When the folder's is not the one; it must be a name."""
    with pytest.raises(Invalid, match="no name for a repository"):
        begin(repository, name="My Shop")
    begin(repository, name="shop")
    assert git(repository, "remote", "get-url", "andon") == f"{URL}/git/shop"


def test_a_repository_without_anything_to_find_says_so(repository: Path) -> None:
    """The file is there, and its test command is asked for."""
    (repository / "Makefile").unlink()
    assert "put your test command in" in begin(repository).text


def test_a_folder_without_git_says_how_to_make_it_a_repository(tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(Invalid, match="git init"):
        begin(tmp_path)
    with pytest.raises(Invalid, match="no such folder"):
        begin(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "name"),
    [("My Shop!", "my-shop"), ("a..b", "a-b"), (".hidden", "hidden"), ("Größe", "gr-e"), ("x" * 99, "x" * 64)],
)
def test_a_folders_name_becomes_a_repositorys(folder: str, name: str) -> None:
    """As much of it as can be used."""
    assert repository_name(Path("/") / folder) == name


def test_a_folder_whose_name_is_none_asks_for_one() -> None:
    """With the option that gives it."""
    with pytest.raises(Invalid, match="--name"):
        repository_name(Path("/店"))


def test_another_kind_of_object_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """A push would end in a protocol error that names no remedy."""
    git(tmp_path, "init", "-q", "--object-format=sha256", "newer")
    with pytest.raises(Invalid, match="has SHA-256 objects, which Andon does not store"):
        begin(tmp_path / "newer")
    assert not (tmp_path / "newer" / "andon.toml").exists()
