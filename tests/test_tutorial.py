"""The tutorial and the README, followed word by word: their commands run against a real server, their outputs are met.

On a page, ```sh is run, ```sh server stays in the background, ```sh refused must end with exit code 2, and ```sh set-up
is what `make test` has done already. A ```text block after one of them is an excerpt of what it prints.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from andon.testing.installation import processes_of
from andon.testing.waiting import awaited
from tests.test_docs import DOCS, ROOT, Block, blocks_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
PAGES = [DOCS / "tutorial.md", ROOT / "README.md"]
BLOCK_WITHIN_S = 120
UP_WITHIN = timedelta(seconds=20)
EXIT_CODES = {"": 0, "refused": 2}


@dataclass
class Terminal:
    """A person's terminal on a machine of their own: an empty home, free ports."""

    home: Path
    #: ports as the pages name them, and those that are free here
    ports: dict[str, str]
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What the person's shell knows."""
        return {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "HOME": str(self.home),
            "USER": "ada",
            "LANG": "C.UTF-8",
            "COLUMNS": "120",
            "NO_COLOR": "1",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_TERMINAL_PROMPT": "0",
            "ANDON_PORT": self.ports["8600"],
            "ANDON_URL": f"http://127.0.0.1:{self.ports['8600']}",
        }

    @property
    def data(self) -> Path:
        return self.home / ".local" / "share" / "andon"

    def here(self, text: str) -> str:
        """The text with the ports of this machine."""
        return re.sub(r"\b(?:8600|87\d\d)\b", lambda found: self.ports[found[0]], text)

    def run(self, block: Block) -> str:
        """Run a block in the folder where the one before ended; what it printed."""
        place = self.home / ".place"
        at = place.read_text().strip() if place.exists() else str(ROOT)
        script = f"set -e\n{self.here(block.text)}\npwd > {place}\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=at,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=BLOCK_WITHIN_S,
            check=False,
        )
        printed = done.stdout.decode(errors="replace")
        assert done.returncode == EXIT_CODES[block.about], f"{block} ended with {done.returncode}:\n{printed}"
        return printed

    def start(self, block: Block) -> str:
        """Start a block that stays; what it printed until it was ready."""
        log = self.home / "server.log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                block.text.split(), cwd=ROOT, env=self.environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
        self.servers.append(server)
        awaited(lambda: server.poll() is not None or "is up at" in log.read_text(), UP_WITHIN)
        assert server.poll() is None, log.read_text()
        return log.read_text()

    def close(self) -> None:
        """Stop the server and everything it runs, as a person would."""
        subprocess.run(["andon", "down"], env=self.environment, timeout=60, check=False)
        for server in self.servers:
            server.kill()
            server.wait(timeout=10)
        assert processes_of(self.data) == []


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A new one, and nothing of it left."""
    make_repository(tmp_path / "your-repository")
    release(make_repository(tmp_path / "your-released-repository"))
    made = Terminal(home=tmp_path, ports=free_ports("8600", "8701", "8702"))
    try:
        yield made
    finally:
        made.close()


def free_ports(*names: str) -> dict[str, str]:
    """A port that nobody listens on for each."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
        return {name: str(one.getsockname()[1]) for name, one in zip(names, sockets, strict=True)}


def make_repository(folder: Path) -> Path:
    """The reader's own: a Makefile with a test in it."""
    folder.mkdir()
    (folder / "Makefile").write_text("test:\n\ttrue\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    return folder


def release(folder: Path) -> None:
    """Two releases, each of a commit of its own."""
    git(folder, "add", "Makefile")
    for version in ("1.0", "1.1"):
        git(folder, "commit", "--quiet", "--allow-empty", "--message", f"What {version} brings")
        git(folder, "tag", "--annotate", f"v{version}", "--message", version)


def git(folder: Path, *arguments: str) -> None:
    """As the reader did before."""
    reader = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *reader, *arguments], cwd=folder, timeout=20, check=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_reader_who_follows_the_page_sees_what_it_says(page: Path, terminal: Terminal) -> None:
    """Each command works in its turn, and prints what the page shows."""
    blocks = [block for block in blocks_of(page) if block.language in {"sh", "text"} and block.about != "set-up"]
    assert any(block.language == "sh" for block in blocks)
    printed = ""
    for block in blocks:
        if block.language == "text":
            if block.about != "picture":
                assert_shown(terminal.here(block.text), printed, block)
        elif block.about == "server":
            printed = terminal.start(block)
        else:
            printed = terminal.run(block)


def assert_shown(excerpt: str, printed: str, block: Block) -> None:
    """Every line of the excerpt was printed, in this order; an ellipsis is anything, and blanks are one blank."""
    rest = printed
    for line in excerpt.strip().splitlines():
        found = re.search(pattern_of(line), rest)
        assert found, f"{block}: after what came before, nothing like\n  {line}\nwas printed:\n{printed}"
        rest = rest[found.end() :]


def pattern_of(line: str) -> str:
    """The line as a pattern."""
    words = [r"[^\n]*?" if word == "…" else re.escape(word).replace("…", r"[^\n]*?") for word in line.split()]
    return r"[ \t]*".join(words)
