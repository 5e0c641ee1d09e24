"""The whole line on this machine: a push, its way to production, a replacement under load, a mistake that is stopped.

`make demo` runs it, `make demo ARGS=--once` ends after checking everything. It uses what everybody uses: the `andon`
command, git and HTTP. Everything is in a folder of its own, which is gone at the end.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import httpx2
from rich.console import Console
from rich.text import Text

from andon.testing.installation import ANDON, Clone, Done, Installation, processes_of
from andon.testing.load import Load, load_beside

SHOP = Path(__file__).resolve().parent / "shop"
USUAL_PORT = 8600
PRICES = "/total?prices=1.10,2.20"
#: what is between two requests of one of the load's connections
PAUSE = timedelta(milliseconds=2)
CONNECTIONS = 8
STYLES = {"✓": "green", "✗": "red", "…": "yellow", "$": "bold", "andon": "bold"}


class Unexpected(Exception):
    """Something was not as the demonstration promises."""


def expect(fact: object, otherwise: str) -> None:
    """Go on only when it is so. Errors: Unexpected."""
    if not fact:
        raise Unexpected(otherwise)


@dataclass(slots=True)
class Stage:
    """Where it is shown: numbered scenes, and lines below them."""

    console: Console
    scenes: int = 0

    @contextmanager
    def scene(self, title: str) -> Generator[None]:
        """One scene, with the time that it took."""
        self.scenes += 1
        began = time.monotonic()
        self.console.print(Text.assemble((f"\n{self.scenes}  ", "cyan"), (title, "bold")))
        with self.console.status(""):
            yield
        self.console.print(Text(f"   {time.monotonic() - began:.1f} s", "dim"))

    def line(self, text: str) -> None:
        """One line, its lamp in colour."""
        first = text.removeprefix("remote:").split(maxsplit=1)
        shown = Text(f"   {text}")
        if first and first[0] in STYLES:
            shown.highlight_words([first[0]], STYLES[first[0]])
        if text.startswith("remote:"):
            shown.highlight_words(["remote:"], "dim")
        self.console.print(shown, soft_wrap=True)

    def lines(self, text: str) -> None:
        """What a command printed."""
        for line in text.rstrip().splitlines():
            self.line(line)


@dataclass(slots=True)
class Demonstration:
    """The play: one service on its way."""

    stage: Stage
    house: Installation
    shop: Clone

    def play(self) -> None:
        """Everything, in order. Errors: Unexpected."""
        self.start()
        self.first_push()
        self.promote("1.1")
        second = self.replace_under_load()
        self.stop_a_mistake()
        self.trace(second)
        self.measure()

    def start(self) -> None:
        """A server on an empty folder."""
        with self.stage.scene("A server on an empty folder"):
            self.stage.line(f"$ andon up {self.house.data}")
            self.house.up()
            self.stage.line(f"✓ {self.house.url}")

    def first_push(self) -> None:
        """The sample service runs through its pipeline and into test."""
        with self.stage.scene("Ada pushes a small shop: its pipeline runs, its artifact goes to test"):
            shutil.copytree(SHOP, self.shop.folder, ignore=shutil.ignore_patterns("__pycache__"))
            self.shop.begin()
            self.shop.commit("A small shop")
            self.push()
            artifact = self.artifact("1.1")
            self.stage.line(f"✓ artifact shop 1.1 is {artifact['digest']}")
            self.expect_live("test", "1.1")

    def promote(self, version: str) -> None:
        """Somebody lets it into production."""
        with self.stage.scene(f"Ada lets {version} into production"):
            self.andon("promote", "shop")
            self.expect_live("production", version)
            self.stage.line(f"✓ {self.address('production')} answers {self.ask('production', '/')}")

    def replace_under_load(self) -> str:
        """The next version takes over while requests are counted; its commit."""
        with self.stage.scene("A second commit replaces it, while every request is counted"):
            self.shop.replace("andon.toml", "Welcome", "Good morning")
            commit = self.shop.commit("A friendlier greeting")
            port = int(self.address("production").rstrip("/").rpartition(":")[2])
            with load_beside(port, connections=CONNECTIONS, pause=PAUSE) as load:
                self.push()
                self.andon("promote", "shop")
                self.expect_live("production", "1.2")
            self.expect_lossless(load)
            return commit

    def expect_lossless(self, load: Load) -> None:
        """Both versions answered, and no request was lost."""
        lamp = "✗" if load.failed else "✓"
        self.stage.line(f"{lamp} {load.done + load.failed:,} requests to production meanwhile, {load.failed} failed")
        expect(not load.failed, f"{load.failed} requests failed during the switch: {dict(load.reasons)}")
        for greeting in (b"Welcome", b"Good morning"):
            expect(any(greeting in body for body in load.bodies), f"no request was answered with {greeting.decode()!r}")

    def stop_a_mistake(self) -> None:
        """A service that does not do its work does not get any."""
        with self.stage.scene("A third commit breaks the shop: its smoke check stops it"):
            self.shop.replace("shop/__main__.py", '"/total"', '"/sum"')
            self.shop.commit("Sums instead of totals")
            said = self.push()
            expect("✗ test" in said, "the broken version was not stopped in test")
            self.expect_live("production", "1.2")
            answer = self.ask("production", PRICES)
            expect("3.30" in answer, f"production answers {answer!r} instead of a total of 3.30")
            self.stage.line(f"✓ production is as it was: {PRICES} answers {answer}")

    def trace(self, commit: str) -> None:
        """Where the second commit went."""
        with self.stage.scene("Where did the second commit go?"):
            said = self.andon("trace", commit)
            for place in ("artifact", "test", "production"):
                expect(place in said, f"the trace does not know {place}")
            self.andon("ledger", "verify")

    def measure(self) -> None:
        """The numbers of all this, each with what was counted."""
        with self.stage.scene("What does it add up to?"):
            self.andon("measure")
            metrics = self.house.andon("measure", "--json").json["metrics"]
            counted = {metric["id"]: metric["n"] for metric in metrics}
            expect(counted["deployment-frequency"] == 2, f"two deployments are counted as {counted}")
            expect(counted["change-lead-time"] == 1, f"one commit that followed another is counted as {counted}")

    def push(self) -> str:
        """Push, with the lines of the server as they come; all of them."""
        lines: list[str] = []

        def say(line: str) -> None:
            lines.append(line)
            if line.startswith("remote:"):
                self.stage.line(line)

        self.stage.line("$ git push andon trunk")
        expect(self.shop.push_aloud(say) == 0, f"git push failed: {' '.join(lines)}")
        return "\n".join(lines)

    def andon(self, *arguments: str) -> str:
        """Run a command where it can be seen; what it printed."""
        self.stage.line(f"$ andon {' '.join(arguments)}")
        done = self.house.andon(*arguments, cwd=self.shop.folder, COLUMNS=str(self.stage.console.width - 4))
        self.stage.lines(done.out)
        expect(done.code == 0, f"andon {arguments[0]} ended with {done.code}: {done.err.strip()}")
        return done.out

    def artifact(self, version: str) -> dict[str, Any]:
        """A published version of the shop."""
        found: dict[str, Any] = self.house.get(f"/api/v1/artifacts/shop/{version}")["version"]
        expect(str(found.get("digest")).startswith("sha256:"), f"shop {version} was not published")
        return found

    def standing(self, environment: str) -> dict[str, Any]:
        """What the shop is in an environment."""
        found: dict[str, Any] = self.house.get(f"/api/v1/environments/{environment}/shop")
        return found

    def address(self, environment: str) -> str:
        return str(self.standing(environment)["url"])

    def ask(self, environment: str, path: str) -> str:
        """An answer of the service itself."""
        return httpx2.get(self.address(environment).rstrip("/") + path, timeout=10).text

    def expect_live(self, environment: str, version: str) -> None:
        """By the word of the server, and by that of the service."""
        live = (self.standing(environment)["live"] or {"version": ""})["version"]
        expect(live == version, f"{environment} should have shop {version}, and has {live or 'nothing'}")
        answer = self.ask(environment, "/")
        expect(version in answer, f"shop in {environment} answers {answer!r}, which is not {version}")


def invite(stage: Stage, demonstration: Demonstration) -> None:
    """Say how to go on."""
    house = demonstration.house
    link = house.andon("login", "--json").json["url"]
    settings = house.folder / "settings.sh"
    environ = {"HOME": str(house.home), "ANDON_URL": house.url, "PATH": f"{Path(ANDON).parent}:$PATH"}
    settings.write_text("".join(f'export {name}="{value}"\n' for name, value in environ.items()))
    stage.console.print(Text.assemble(("\nGo and see  ", "bold"), (house.url, "cyan")))
    stage.line(f"sign in, once:  {link}")
    stage.line(f"the shop:       {demonstration.address('test')} (test), {demonstration.address('production')}")
    stage.console.print(Text("\nTry next, in another terminal", "bold"))
    stage.line(f". {settings} && cd {demonstration.shop.folder}")
    for command, why in (
        ("git revert --no-edit HEAD && git push andon trunk", "mend the shop"),
        ("andon promote shop", "let it into production"),
        ("andon rollback shop", "go back to what worked, without a rebuild"),
        ('andon cord pull --reason "trying it"', "stop the line; cord release lets it go on"),
        ("andon status", "the line as it is now"),
    ):
        stage.console.print(Text.assemble(f"   {command:52}", (why, "dim")), soft_wrap=True)
    stage.console.print(Text("\nIt runs until Ctrl-C, which stops and removes everything of it.", "dim"))


def clear_up(stage: Stage, house: Installation) -> None:
    """Nothing is left: no process, no file. Errors: Unexpected."""
    done = house.down() if house.data.exists() else Done(code=0, out="", err="")
    left = processes_of(house.data)
    if done.code or left:
        raise Unexpected(f"still running: {[one.pid for one in left]}. {done.err.strip()}")
    shutil.rmtree(house.folder)
    stage.line("✓ everything is stopped, and its folder is removed")


def usual_port() -> int:
    """8600, when it is free; else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


def interrupted(number: int, frame: FrameType | None) -> NoReturn:
    """Being asked to end is like Ctrl-C, also for a job in the background, to which Ctrl-C does not come."""
    raise KeyboardInterrupt


def show(stage: Stage, demonstration: Demonstration, *, wait: Callable[[], None] | None) -> int:
    """Play it, and clear up whatever happens; the exit code."""
    code = 0
    try:
        demonstration.play()
        if wait is not None:
            invite(stage, demonstration)
            wait()
    except KeyboardInterrupt:
        stage.console.print()
    except (Unexpected, AssertionError, RuntimeError, TimeoutError, httpx2.HTTPError) as wrong:
        stage.console.print(Text(f"\n✗ {wrong}", "red"), soft_wrap=True)
        code = 1
    try:
        clear_up(stage, demonstration.house)
    except Unexpected as wrong:
        stage.console.print(Text(f"✗ {wrong}", "red"), soft_wrap=True)
        code = 1
    return code


def main() -> int:
    """The exit code: 0 when everything was as it should be."""
    parser = argparse.ArgumentParser(description="From git push to production on this machine.")
    parser.add_argument("--once", action="store_true", help="end after checking everything")
    parser.add_argument("--port", type=int, help="of the server; without it 8600, or any when that is taken")
    said = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    stage = Stage(Console(highlight=False))
    folder = Path(tempfile.mkdtemp(prefix="andon-demo-"))
    house = Installation(folder=folder, port=usual_port() if said.port is None else said.port)
    shop = Clone(installation=house, folder=folder / "shop", name="shop")
    return show(stage, Demonstration(stage, house, shop), wait=None if said.once else signal.pause)


if __name__ == "__main__":
    sys.exit(main())
