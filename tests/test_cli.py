"""The `andon` command as a whole: black box, as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest
from cyclopts import App

from andon.cli import Everywhere, read_everywhere, run
from andon.command_line import _commands_below
from andon.command_table import COMMANDS
from andon.testing.installation import Done
from tests import forked

GOOD = 'schema = 1\n[task.test]\nrun = "make test"\n'


def andon(*arguments: str, folder: Path, **environment: str) -> Done:
    """Runs the command in a folder, with an environment of its own."""
    return forked.andon(*arguments, folder=folder, environ=clean(folder, environment))


def clean(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Nothing of whoever runs the tests but where programs are."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), **environment}


def started(*arguments: str, folder: Path, **environment: str) -> Done:
    """The same from the very start of a Python: for what the start itself decides."""
    environ = clean(folder, environment)
    command = [sys.executable, "-m", "andon", *arguments]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, timeout=60, check=False)
    return Done(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def test_help_lists_every_command_and_imports_none(tmp_path: Path) -> None:
    """Each with its sentence, in groups."""
    done = started("--help", folder=tmp_path)
    assert done.code == 0
    for name, command in COMMANDS.items():
        assert (f"  {name}" in done.out and command.says in done.out) is bool(command.place)
    assert andon(folder=tmp_path).out == done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    """Its module can be imported, and an app has the name that it is listed under."""
    module, _, attribute = COMMANDS[name].target.partition(":")
    target = getattr(import_module(module), attribute)
    assert callable(target)
    assert getattr(target, "name", (name,)) == (name,)


def test_version(tmp_path: Path) -> None:
    """Name and number."""
    assert started("--version", folder=tmp_path).out.startswith("andon 0.")


def test_a_good_file_ends_with_0(tmp_path: Path) -> None:
    """And nothing on the error stream."""
    (tmp_path / "andon.toml").write_text(GOOD)
    done = andon("check", folder=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("✓ andon.toml is a pipeline of 1 task.\n")


def test_a_bad_file_ends_with_1(tmp_path: Path) -> None:
    """Problems are on the error stream."""
    (tmp_path / "andon.toml").write_text(GOOD + "tiemout = '5m'\n")
    done = andon("check", folder=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith('✗ andon.toml:4:1\n  unknown key "tiemout".\n')


def test_a_refusal_ends_with_2(tmp_path: Path) -> None:
    """With rule and remedy."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True, timeout=30)
    assert andon("init", folder=tmp_path).code == 0
    done = andon("init", folder=tmp_path)
    assert done.code == 2
    assert done.err.startswith("✗ refused by never-overwrite: ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chek"], 'There is no command "andon chek". Did you mean "check"?'),
        (["xyz"], 'There is no command "andon xyz". Known here: up, down'),
        (["service", "restart", "x"], 'There is no command "andon service restart". Did you mean "andon restart"?'),
        (["runs", "show", "1", "2"], 'There is no use for "2" here.'),
        (["check", "--shema"], "Did you mean"),
        (["check", "a", "b"], "andon check --help"),
    ],
)
def test_wrong_use_ends_with_64(arguments: list[str], says: str, tmp_path: Path) -> None:
    """With what was meant, or where to read on."""
    done = andon(*arguments, folder=tmp_path)
    assert done.code == 64
    assert says in done.err


def commands() -> Iterator[list[str]]:
    """Every command that has others below it."""
    yield []
    for name, command in COMMANDS.items():
        module, _, attribute = command.target.partition(":")
        if isinstance(getattr(import_module(module), attribute), App):
            yield [name]


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_a_misspelt_command_is_told_with_what_was_meant(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever it stands, each of its neighbours is suggested."""
    below = _commands_below(command)
    assert below
    for name in below:
        assert run([*command, f"{name}x"]) == 64
        said = capsys.readouterr().err
        assert f'There is no command "{" ".join(["andon", *command, name])}x". Did you mean ' in said
        assert f'{name}"?' in said


def test_json_is_understood_anywhere(tmp_path: Path) -> None:
    """Also for failures."""
    (tmp_path / "andon.toml").write_text(GOOD)
    assert json.loads(andon("--json", "check", folder=tmp_path).out)["ok"] is True
    assert json.loads(andon("check", "none.toml", "--json", folder=tmp_path).out)["error"]["kind"] == "invalid"


def test_the_server_is_chosen_by_option_or_environment(tmp_path: Path) -> None:
    """The option counts more."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True, timeout=30)
    told = json.loads(andon("init", "--json", "--url", "http://a:1/", folder=tmp_path, ANDON_URL="http://b:2").out)
    assert told["remote"].startswith("http://a:1/git/")


def test_a_reader_that_leaves_is_no_failure(tmp_path: Path) -> None:
    """`andon check --schema | head -1` ends quietly."""
    command = f"{sys.executable} -m andon check --schema | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == (b"{", b"")


def test_a_terminal_without_the_signs_still_gets_the_words(tmp_path: Path) -> None:
    """A sign it does not have is shown as a question mark."""
    (tmp_path / "andon.toml").write_text(GOOD)
    done = started("check", folder=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.code == 0
    assert done.out.startswith("? andon.toml is a pipeline")


def test_check_loads_nothing_that_is_slow_to_load(tmp_path: Path) -> None:
    """Whoever saves a pipeline file has the answer at once; seconds depend on the machine, imports do not."""
    (tmp_path / "andon.toml").write_text(GOOD)
    command = [sys.executable, "-X", "importtime", "-m", "andon", "check"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "andon" in loaded
    assert not loaded & {"rich", "httpx2", "msgspec", "litestar", "sqlalchemy", "cryptography", "jinja2", "psutil"}


def test_what_is_said_to_every_command_is_taken_out() -> None:
    """Wherever it stands; what follows -- belongs to the command."""
    said, rest = read_everywhere(["run", "--json", "x", "--url=http://a", "--", "--json", "--url"])
    assert (said, rest) == (Everywhere(json=True, url="http://a"), ["run", "x", "--", "--json", "--url"])
    assert read_everywhere(["x", "--url"]) == (Everywhere(), ["x", "--url"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("promote", "SERVICE is missing."),
        ("promote shop --env", "--env needs a value."),
        ("log x", 'RUN is a whole number, not "x".'),
        ("up --port soon", '--port is a whole number, not "soon".'),
        ("status now", 'There is no use for "now" here.'),
    ],
)
def test_wrong_use_is_said_in_the_words_of_the_help(tmp_path: Path, words: str, said: str) -> None:
    """What is missing or does not fit, and where to read on."""
    done = andon(*words.split(), folder=tmp_path)
    assert (done.code, done.err) == (64, f"✗ {said}\n  See: andon {words.split(maxsplit=1)[0]} --help\n")


def test_a_port_that_is_none_is_said(tmp_path: Path) -> None:
    """A sentence, no traceback."""
    done = andon("up", str(tmp_path / "data"), "--port", "99999", folder=tmp_path)
    assert (done.code, done.err) == (1, "✗ 99999 is no port: expected a number from 0 to 65535.\n")


def test_bytes_that_are_no_text_are_refused_as_a_secret(tmp_path: Path) -> None:
    """One sentence that names the byte, and no traceback."""
    words = ("secret", "set", "test", "shop", "KEY", "--url", "http://127.0.0.1:1")
    done = forked.andon(*words, folder=tmp_path, environ=clean(tmp_path, {}), stdin=b"ab\xff")
    assert (done.code, done.err) == (
        1,
        "✗ Byte 3 of the input is no UTF-8, and a secret is text. Encode it first: base64 -w0 < FILE\n",
    )
