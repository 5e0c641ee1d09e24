"""`andon check` on files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid
from andon.tools.pipelines.check import check
from tests.terminals import screen

GOOD = """\
schema = 1
[task.lint]
run = "ruff check"
[task.unit]
run = "pytest"
network = true
[task.pack]
run = "make dist"
needs = ["lint", "unit"]
artifact = { name = "shop", path = "dist" }
[service]
command = ["./server"]
health = "/health"
smoke = ["/"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A good pipeline file."""
    path = tmp_path / "andon.toml"
    path.write_text(GOOD)
    return path


def test_a_good_file_is_told_in_words(file: Path) -> None:
    """What runs when, what comes out, and how it runs."""
    shown = screen()
    check(file, session=shown.session)
    assert shown.text.splitlines() == [
        f"✓ {file} is a pipeline of 3 tasks.",
        "  first     lint and unit  at the same time",
        "  then      pack",
        "  publishes shop 1.N, made of dist from pack",
        "  serves    shop, healthy at /health, 1 smoke check",
        "  network   unit; nothing else has any",
        "  budget    all of it in less than 5m",
    ]


def test_the_folder_stands_for_its_file(file: Path) -> None:
    """`andon check .` is understood."""
    shown = screen()
    check(file.parent, session=shown.session)
    assert "3 tasks" in shown.text


def test_the_same_facts_as_json(file: Path) -> None:
    """For programs."""
    shown = screen(json=True)
    check(file, session=shown.session)
    told = json.loads(shown.text)
    assert told["waves"] == [["lint", "unit"], ["pack"]]
    assert told["pipeline"]["artifact"]["name"] == "shop"
    assert told["ok"] is True


def test_the_schema_is_json(file: Path) -> None:
    """To be given to an editor; no file is needed for it."""
    shown = screen()
    check(file.with_name("none.toml"), schema=True, session=shown.session)
    assert json.loads(shown.text)["title"] == "andon.toml"


def test_a_bad_file_is_invalid_under_its_own_name(file: Path) -> None:
    """With the path as it was given, so that an editor can jump there."""
    file.write_text("schema = 1\n[task.a]\nrunn = 'x'\n")
    with pytest.raises(Invalid) as caught:
        check(file, session=screen().session)
    assert [problem.where for problem in caught.value.problems] == [f"{file}:3:1"]


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    """With `andon init`."""
    with pytest.raises(Invalid, match="andon init"):
        check(tmp_path / "andon.toml", session=screen().session)


def test_a_file_that_is_no_text_is_said(file: Path) -> None:
    """With the byte that is wrong."""
    file.write_bytes(b"schema = 1 # \xff")
    with pytest.raises(Invalid, match="byte 14 is no UTF-8"):
        check(file, session=screen().session)


def test_inputs_that_name_no_file_of_the_working_copy_are_said(tmp_path: Path) -> None:
    """Also before anything is committed; ignored files are not pushed, and do not count."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a").touch()
    (tmp_path / ".gitignore").write_text("built\n")
    (tmp_path / "built").touch()
    (tmp_path / "andon.toml").write_text('schema = 1\n[task.a]\nrun = "x"\ninputs = ["src/", "scr/**", "built"]\n')
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with pytest.raises(Invalid) as refused:
        check(tmp_path, session=screen().session)
    assert [one.message for one in refused.value.problems] == [
        'the pattern "scr/**" matches no file of the commit.',
        'the pattern "built" matches no file of the commit.',
    ]
    assert refused.value.problems[0].remedy == 'Did you mean "src/**"?'
