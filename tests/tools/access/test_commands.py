"""The commands of access and infra, as a person runs them: a process of its own, a real server."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from tests.doors import URL, Doors
from tests.forked import andon
from tests.serving import served

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.testing.installation import Done

pytestmark = pytest.mark.anyio

SECRET = "correct-horse-battery-staple"


@dataclass(frozen=True, slots=True)
class Shell:
    """A terminal of one person."""

    url: str
    home: Path

    async def run(self, *arguments: str, typed: str = "") -> Done:
        """`andon` with these arguments, and this on its standard input."""
        command = partial(andon, *arguments, folder=self.home, environ=self.environ, stdin=typed.encode())
        return await asyncio.to_thread(command)

    @property
    def environ(self) -> dict[str, str]:
        """The settings of this terminal."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "ANDON_URL": self.url,
            "ANDON_CONFIG_HOME": str(self.home / "config"),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    async def git(self, *arguments: str, typed: str) -> str:
        """What git prints, good or bad."""
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        command = partial(subprocess.run, ["git", *arguments], input=typed, env=self.environ, text=True, timeout=60)
        return str((await asyncio.to_thread(command, check=False, **streams)).stdout)

    @property
    def credentials(self) -> Path:
        return self.home / "config" / "credentials.toml"


@pytest.fixture
async def shell(doors: Doors, tmp_path: Path) -> AsyncIterator[Shell]:
    """Ada's terminal; she is an admin and has signed in."""
    await doors.account("ada", "admin")
    async with served(doors.asgi) as url:
        home = tmp_path / "home"
        home.mkdir()
        shell = Shell(url, home)
        done = await shell.run("login", typed=(await doors.token("ada")).secret + "\n")
        assert done.code == 0, done.err
        assert "signed in" in done.out
        yield shell


async def test_signing_in_keeps_the_token_for_its_owner_only(shell: Shell, doors: Doors) -> None:
    """The file is 0600, and the token was typed, not given as an argument."""
    assert stat.S_IMODE(shell.credentials.stat().st_mode) == 0o600
    assert "adn_" in shell.credentials.read_text()


async def test_a_token_that_nobody_knows_is_not_kept(shell: Shell) -> None:
    """It is tried first; what was kept before stays."""
    before = shell.credentials.read_text()
    done = await shell.run("login", "--with-token", typed="adn_invented\n")
    assert done.code == 2
    assert "adn_invented" not in done.out + done.err
    assert shell.credentials.read_text() == before


async def test_login_prints_a_link_that_works(shell: Shell, doors: Doors) -> None:
    """With a token at hand, the command makes a link for the browser."""
    done = await shell.run("login")
    link = done.out.split()[0]
    assert link.startswith(f"{URL}/login/")
    answer = await doors.client().post(link.removeprefix(URL), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303


async def test_an_account_from_its_making_to_its_token(shell: Shell) -> None:
    """add, role, token create --account, list, revoke."""
    added = await shell.run("account", "add", "robot", "--role", "reader", "--machine")
    assert (added.code, "robot is reader" in added.out) == (0, True)
    assert "robot is developer" in (await shell.run("account", "role", "robot", "developer")).out
    made = await shell.run("--json", "token", "create", "--account", "robot", "--scope", "read", "--scope", "push")
    token = made.json
    assert token["token"].startswith("adn_")
    listed = await shell.run("token", "list", "--account", "robot")
    assert "read push" in listed.out
    assert token["token"] not in listed.out
    assert (await shell.run("token", "revoke", token["token_id"], "--account", "robot")).code == 0
    assert (await shell.run("--json", "token", "list", "--account", "robot")).json == []
    assert {row["account"] for row in (await shell.run("--json", "account", "list")).json} == {
        "ada",
        "robot",
    }


async def test_a_refusal_exits_with_2_and_names_the_rule(shell: Shell) -> None:
    """The last admin cannot step down; the next step is printed."""
    done = await shell.run("account", "role", "ada", "reader")
    assert done.code == 2
    assert "last-admin" in done.err
    assert "andon account role NAME admin" in done.err


async def test_a_scope_that_is_none_is_wrong_use(shell: Shell) -> None:
    """Those that there are, are said."""
    done = await shell.run("token", "create", "--scope", "root")
    assert done.code == 64
    assert '"promote"' in done.err


async def test_git_gets_the_token_for_this_server_only(shell: Shell) -> None:
    """`git credential fill` asks the helper, which answers for its own server and for nobody else's."""
    helper = f"credential.helper=!{sys.executable} -m andon credential"
    ours = await shell.git("-c", helper, "credential", "fill", typed=f"url={shell.url}/git/shop\n\n")
    assert "password=adn_" in ours
    theirs = await shell.git("-c", helper, "credential", "fill", typed="url=https://evil.example/git/shop\n\n")
    assert "adn_" not in theirs


async def test_a_secret_comes_through_a_pipe_and_is_printed_by_nothing(shell: Shell, doors: Doors) -> None:
    """set, list and remove; the value is never an argument and never an output."""
    done = await shell.run("secret", "set", "test", "shop", "DATABASE_URL", typed=f"{SECRET}\n")
    assert (done.code, done.err) == (0, '! No service "shop" was published yet.\n')
    kept = doors.store.secrets_of(EnvironmentName("test"), ServiceName("shop"))
    assert kept == {"DATABASE_URL": SECRET}
    listed = await shell.run("secret", "list")
    assert "DATABASE_URL" in listed.out
    wrong = await shell.run("secret", "set", "test", "shop", "lower", typed=f"{SECRET}\n")
    assert wrong.code == 1
    as_argument = await shell.run("secret", "set", "test", "shop", "OTHER", SECRET)
    assert as_argument.code == 64
    printed = [run.out + run.err for run in (done, listed, wrong)]
    assert not any(SECRET in text for text in printed)
    assert (await shell.run("secret", "remove", "test", "shop", "DATABASE_URL")).code == 0
    assert (await shell.run("secret", "set", "test", "shop", "EMPTY", typed="")).code == 1
