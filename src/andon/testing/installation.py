"""An Andon of its own, in a folder of its own, used only as people use it: the `andon` command, git, HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import httpx2
import psutil

from andon.testing.waiting import awaited

#: the command beside the Python that runs this
ANDON = str(Path(sys.executable).with_name("andon"))
COMMAND_WITHIN_S = 300.0
UP_WITHIN = timedelta(seconds=60)
_UP = re.compile(r"^andon is up at (\S+)", re.MULTILINE)
#: for requests on loopback: reading the certificates of the world would cost more than the request
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed with --json."""
        return json.loads(self.out)


@dataclass(kw_only=True)
class Home:
    """Somebody's home, in which git and `andon` are signed in at one server."""

    folder: Path
    #: of the server; "" until there is one
    url: str = ""

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def clean_environ(self) -> dict[str, str]:
        """What commands see: nothing of the person who started this but where programs are."""
        return {
            "PATH": f"{Path(ANDON).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            **({"ANDON_URL": self.url} if self.url else {}),
        }

    def andon(self, *arguments: str, cwd: Path | None = None, stdin: str = "", **environ: str) -> Done:
        """Run the command."""
        return self.run([ANDON, *arguments], cwd or self.home, stdin, environ)

    def run(self, command: list[str], cwd: Path, stdin: str = "", environ: Mapping[str, str] | None = None) -> Done:
        """Run any command."""
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**self.clean_environ(), **(environ or {})},
            input=stdin.encode(),
            capture_output=True,
            timeout=COMMAND_WITHIN_S,
            check=False,
        )
        return Done(code=done.returncode, out=done.stdout.decode(errors="replace"), err=done.stderr.decode("utf-8"))

    @property
    def token(self) -> str:
        """The token that is kept in the home."""
        kept = tomllib.loads((self.home / ".config/andon/credentials.toml").read_text())
        return str(kept["server"][self.url]["token"])

    def ask(self, method: str, path: str, *, token: str | None = None, body: object = None) -> httpx2.Response:
        """One request to the server; without a token when it is ""."""
        secret = self.token if token is None else token
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        content = b"" if body is None else json.dumps(body).encode()
        if content:
            headers["Content-Type"] = "application/json"
        url = f"{self.url}{path}"
        return httpx2.request(method, url, headers=headers, timeout=60, content=content, verify=NO_CERTIFICATES)

    def get(self, path: str) -> Any:
        """An answer of the API. Errors: httpx2.HTTPStatusError."""
        return self.ask("GET", path).raise_for_status().json()


@dataclass(kw_only=True)
class Installation(Home):
    """One data folder, its server while there is one, and the home of whoever started it."""

    #: more of the server's environment
    environ: Mapping[str, str] = field(default_factory=dict)
    #: 0 takes a free one; kept from then on
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server printed since its last start."""
        return self.folder / "up.log"

    def up(self, *options: str) -> None:
        """Start the server and wait until it answers. Errors: RuntimeError with what it printed."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = self.start(["up", str(self.data), "--port", str(self.port), *options], log)
        awaited(self._answers, UP_WITHIN, what="the server to say where it is")

    def start(self, arguments: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the command that is the server."""
        return subprocess.Popen(
            [ANDON, *arguments],
            env={**self.clean_environ(), **self.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the one who started this, and it ends the server itself
        )

    def _answers(self) -> bool:
        assert self.process is not None
        said = _UP.search(self.log.read_text(errors="replace"))
        if said is None:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server did not start: {self.log.read_text(errors='replace').strip()}")
            return False
        self.url = said[1]
        self.port = int(self.url.rpartition(":")[2])
        try:
            httpx2.get(f"{self.url}/", timeout=10, verify=NO_CERTIFICATES)
            return True
        except httpx2.TransportError:
            return False

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server, and nothing else."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def kill9(self) -> None:
        """The server dies without a word."""
        self.end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill it, and start it again at the same address."""
        self.kill9()
        self.up()

    def down(self) -> Done:
        """Everything of it ends."""
        done = self.andon("down", str(self.data))
        if self.process is not None:
            self.process.wait(60)
            self.process = None
        return done


def processes_of(data: Path) -> list[psutil.Process]:
    """Everything that runs and belongs to a data folder, by its environment, its command line or its open files."""
    mark = str(data).encode()
    return [one for one in psutil.process_iter() if mark in _said_by(one) and one.pid != os.getpid()]


def _said_by(process: psutil.Process) -> bytes:
    folder = Path(f"/proc/{process.pid}")
    try:
        opened = b" ".join(bytes(link.readlink()) for link in (folder / "fd").iterdir())
        return (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes() + opened
    except OSError:
        return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """Somebody's repository, whose remote `andon` is a repository of the installation."""

    installation: Installation
    folder: Path
    name: str

    def begin(self) -> None:
        """Make it, with an author, a remote, and git's way to the token."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch", "trunk")
        self.git("config", "user.name", "Ada")
        self.git("config", "user.email", "ada@example.org")
        self.git("config", "credential.helper", f"!HOME='{self.installation.home}' '{ANDON}' credential")
        self.git("remote", "add", "andon", f"{self.installation.url}/git/{self.name}")

    def git(self, *arguments: str) -> Done:
        """Run git, which must go well. Errors: AssertionError with what it said."""
        done = self.try_git(*arguments)
        assert done.code == 0, f"git {' '.join(arguments)}: {done.err}{done.out}"
        return done

    def try_git(self, *arguments: str) -> Done:
        """Run git, which may fail."""
        return self.installation.run(["git", *arguments], self.folder)

    def commit(self, subject: str, files: Mapping[str, str | bytes] | None = None) -> str:
        """Write files, and commit everything; the commit."""
        for name, content in (files or {}).items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self.git("rev-parse", "HEAD").out.strip()

    def replace(self, file: str, old: str, new: str) -> None:
        """Change one place of a file, which must be there."""
        text = (self.folder / file).read_text()
        assert old in text, f"{file} has no {old!r}"
        (self.folder / file).write_text(text.replace(old, new))

    def push_aloud(self, say: Callable[[str], None], branch: str = "trunk") -> int:
        """Push, and pass on every line when it comes; git's exit code."""
        with subprocess.Popen(
            ["git", "push", "andon", branch],
            cwd=self.folder,
            env=self.installation.clean_environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as pushing:
            assert pushing.stderr is not None
            for line in pushing.stderr:
                say(line.rstrip())
        return pushing.returncode

    def push(self, *options: str, branch: str = "trunk") -> Done:
        """Push, and wait for what git and the server say about it."""
        return self.try_git("push", *options, "andon", branch)
