"""Reading git: everything once, whatever people wrote, and nothing that a repository configures is run."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid, PortError
from andon.testing.git_history import GitHistory
from andon.tools.measurement.adapters.commits_git import cloning
from andon.tools.measurement.adapters.commits_git.addresses import is_address, web_address, without_password
from andon.tools.measurement.adapters.commits_git.repositories import GitCommitReader
from andon.tools.measurement.adapters.commits_git.walk import FORMAT, commits
from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.releases.repository import RepositoryRead

from ..adapters.redirecting import redirecting, silent_git
from ..planted import SEARCH_PATH, at, steady


def walked(where: str | Path) -> tuple[RepositoryRead, list[Commit]]:
    """A repository and its commits."""
    found: list[Commit] = []
    return GitCommitReader(SEARCH_PATH).read(str(where), found.append, lambda *_: None), found


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_every_commit_comes_once_with_its_times(tmp_path: Path) -> None:
    """Parents, both dates, author and subject are those of git."""
    history = GitHistory()
    history.commit("root", at=at(0), authored=at(-3), message=b"Open the shop\n\nAt last.\n")
    history.commit("left", "root", at=at(1))
    history.commit("right", "root", at=at(2))
    history.commit("both", "left", "right", at=at(3))
    read, found = walked(history.write(tmp_path / "shop"))
    by_subject = {commit.subject: commit for commit in found}
    assert len(found) == 4
    assert by_subject["both"].parents == (by_subject["left"].id, by_subject["right"].id)
    root = by_subject["Open the shop"]
    assert (root.committed_at.timestamp(), root.authored_at.timestamp()) == (at(0), at(-3))
    assert (root.author, root.repository, read.name, read.trunk, read.head) == (
        "Ada",
        "shop",
        "shop",
        "main",
        by_subject["both"].id,
    )


def test_what_is_no_utf8_is_read_all_the_same(tmp_path: Path) -> None:
    """Bad bytes are replaced."""
    history = GitHistory()
    history.commit("x", at=at(0), message=b"caf\xe9 \x01\x1b[31m\n\nrest")
    assert walked(history.write(tmp_path / "shop"))[1][0].subject == "caf\ufffd \x01\x1b[31m"


def test_chunks_may_end_anywhere() -> None:
    """Fields are found again whatever git's pipe cut."""
    line = b"commit " + b"a" * 40 + b"\n\0" + b"b" * 40 + b"\x005\x004\0Ada\0First\0\n"
    whole = line * 3
    for size in range(1, len(whole)):
        parts = [whole[begin : begin + size] for begin in range(0, len(whole), size)]
        assert [commit.subject for commit in commits(parts, "shop")] == ["First"] * 3  # type: ignore[arg-type]  # a name
    assert FORMAT.count("%x00") == 6


def test_tags_of_every_kind(tmp_path: Path) -> None:
    """Annotated and light ones, tags of tags, and tags that lead to no commit."""
    history = steady(2)
    history.tag("light", "c0")
    folder = history.write(tmp_path / "shop")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b", "tag", "-a", "-m", "x", "nested", "v1.0")
    git(folder, "tag", "files", "v1.0^{tree}")
    read, found = walked(folder)
    tags = {tag.name: tag for tag in read.tags}
    first = next(commit.id for commit in found if commit.subject == "c0")
    assert set(tags) == {"light", "nested", "v1.0", "v1.1"}
    assert {tags[name].commit for name in ("light", "nested", "v1.0")} == {first}
    assert (tags["v1.0"].annotated, tags["v1.0"].at.timestamp()) == (True, at(0.5))
    assert (tags["light"].annotated, tags["light"].at.timestamp()) == (False, at(0))
    assert read.dangling == ("files",)


def test_the_trunk_is_what_the_remote_says(tmp_path: Path) -> None:
    """Whatever is checked out in the clone; then a usual name; then what is checked out."""
    history = steady(3)
    history.branch("feature", "c1")
    history.branch("stable", "c2")
    history.trunk = "stable"
    origin = history.write(tmp_path / "origin")
    git(tmp_path, "clone", "-q", str(origin), "copy")
    git(tmp_path / "copy", "checkout", "-q", "--detach", "origin/feature")
    assert walked(tmp_path / "copy")[0].trunk == "origin/stable"
    assert walked(origin)[0].trunk == "stable"
    git(origin, "branch", "master", "feature")
    assert walked(origin)[0].trunk == "master"


@pytest.mark.parametrize("inside", ["", "deep/down"])
def test_a_folder_inside_a_working_copy_is_enough(tmp_path: Path, inside: str) -> None:
    """As for git itself."""
    git(tmp_path, "clone", "-q", str(steady(2).write(tmp_path / "origin")), "copy")
    (tmp_path / "copy" / inside).mkdir(parents=True, exist_ok=True)
    assert len(walked(tmp_path / "copy" / inside)[1]) == 2


def test_a_hostile_repository_runs_nothing(tmp_path: Path) -> None:
    """Its config names programs for everything that git might start; none is started."""
    folder = steady(3).write(tmp_path / "shop")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in (
        *("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy"),
        *("core.alternateRefsCommand", "gpg.program", "credential.helper", "diff.external", "pager.rev-list"),
    ):
        git(folder, "config", key, str(trap))
    git(folder, "config", "core.hooksPath", str(tmp_path))
    git(folder, "config", "log.showSignature", "true")
    git(folder, "config", "alias.rev-list", f"!{trap}")
    git(folder, "config", "remote.origin.url", f"ext::{trap}")
    git(folder, "config", "remote.origin.promisor", "true")
    git(folder, "config", "extensions.partialClone", "origin")
    shutil.copy(trap, tmp_path / "post-checkout")
    assert len(walked(folder)[1]) == 3
    lose(folder, "v1.0")
    with pytest.raises(PortError):
        walked(folder)
    assert not (tmp_path / "sprung").exists()


def test_a_missing_commit_is_said_in_git_s_words(tmp_path: Path) -> None:
    """Damage is no end of the history."""
    folder = steady(3).write(tmp_path / "shop")
    lost = lose(folder, "v1.0")
    with pytest.raises(PortError, match=lost):
        walked(folder)


def lose(folder: Path, name: str) -> str:
    """Take away the commit's object."""
    commit = git(folder, "rev-parse", f"{name}^{{commit}}")
    (folder / "objects" / commit[:2] / commit[2:]).unlink()
    return commit


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder / "nowhere", "there is no such folder"),
        (lambda folder: folder, "is no git repository"),
    ],
)
def test_what_is_no_repository_is_said(tmp_path: Path, make: object, says: str) -> None:
    """With what to name instead."""
    assert callable(make)
    with pytest.raises(Invalid, match=says):
        walked(make(tmp_path))


def test_a_repository_without_commits_has_none(tmp_path: Path) -> None:
    """No error: whoever measures says what to do."""
    git(tmp_path, "init", "-q", "shop")
    read, found = walked(tmp_path / "shop")
    assert (found, read.head, read.tags) == ([], None, ())


def test_an_address_is_cloned_and_cleared_away(tmp_path: Path) -> None:
    """Bare, with tags and history; nothing of it stays."""
    folder = steady(4).write(tmp_path / "shop.git")
    temporary = Path(tempfile.gettempdir())
    before = set(temporary.glob("andon-measure-*"))
    said: list[str] = []
    found: list[Commit] = []
    read = GitCommitReader(SEARCH_PATH).read(f"file://{folder}", found.append, lambda what, *_: said.append(what))
    assert (read.name, len(found), len(read.tags), read.where) == ("shop", 4, 4, f"file://{folder}")
    assert said
    assert set(temporary.glob("andon-measure-*")) <= before


def test_what_cannot_be_cloned_is_said_without_the_password() -> None:
    """And nobody is asked for one."""
    with pytest.raises(PortError, match="cannot be cloned") as failed:
        walked("http://ada:geheim@127.0.0.1:9/shop.git")
    assert "geheim" not in str(failed.value)
    with pytest.raises(Invalid, match="ext://"):
        walked("ext://sh -c true")


@pytest.mark.parametrize("rest", ["shop.git?token=geheim/", "shop.git#geheim", "shop.git?a=geheim&b='geheim'"])
def test_what_stands_behind_the_path_is_not_said(rest: str) -> None:
    """Tokens are put there too."""
    with pytest.raises(PortError, match="cannot be cloned") as failed:
        walked(f"http://127.0.0.1:9/{rest}")
    assert "geheim" not in str(failed.value)
    assert "127.0.0.1" in str(failed.value)


def test_another_server_is_not_followed() -> None:
    """Within a server it is: that is how names change, and http becomes https."""
    with silent_git() as (port, asked):
        with (
            redirecting(f"http://localhost:{port}") as url,
            pytest.raises(PortError, match=r"leads on to http://localhost:\d+/shop\.git.* is not followed"),
        ):
            walked(f"{url}/shop.git?token=geheim")
        with redirecting(f"http://127.0.0.1:{port}") as url:
            assert walked(f"{url}/shop.git")[1] == []
    assert len(asked) == 2


def test_a_server_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection stands, and no byte comes: git alone would wait for minutes."""
    monkeypatch.setattr(cloning, "_ANSWER_WITHIN_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(PortError, match=r"127\.0\.0\.1 sent nothing for 0\.3 s"):
            walked(f"http://127.0.0.1:{port}/shop.git")


@pytest.mark.parametrize(
    ("where", "yes"),
    [
        ("https://forge.example/ada/shop", True),
        ("git@forge.example:ada/shop.git", True),
        ("ssh://git@forge.example/ada/shop", True),
        (".", False),
        ("/srv/shop:old", False),
        ("../a@b", False),
        ("-oProxyCommand=x", False),
    ],
)
def test_addresses_are_told_from_folders(where: str, yes: bool) -> None:
    """A folder with a colon in its name is a folder."""
    assert is_address(where) is yes


def test_addresses_are_shown_without_secrets() -> None:
    """And lead to where people look, where that can be told."""
    assert without_password("https://ada:geheim@forge.example/ada/shop.git?x=1") == "https://forge.example/ada/shop.git"
    assert web_address("git@forge.example:ada/shop.git") == "https://forge.example/ada/shop"
    assert web_address("ssh://git@forge.example:2222/ada/shop") == "https://forge.example/ada/shop"
    assert web_address("/srv/shop.git") == web_address("https://localhost/x") == web_address("file:///x/y") == ""
    assert web_address("https://forge.example/a b<script>") == ""
