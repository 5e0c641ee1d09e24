"""First pipelines: what a repository's files suggest."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.tools.pipelines.model.first_pipeline import READ, SEEN, Files, suggest, write_first
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline

MAKEFILE = "SRC := src\n.PHONY: lint\nlint: deps\n\truff check\ntest:\n\tpytest\ndist: test\n\ttar\ndocs:\n\tx\n"
NOXFILE = """
@nox.session(python=["3.12"])
def tests(session):
    pass

@session
def lint(session): ...

def build(): ...
"""


def commands(files: Files) -> dict[str, str]:
    """What is suggested, by role."""
    return {task.role: task.run for task in suggest(files)}


def test_targets_of_a_makefile() -> None:
    """The verbs people already have come first."""
    files = {"Makefile": MAKEFILE, "pyproject.toml": "[tool.pytest]\n[tool.mypy]"}
    assert commands(files) | {"types": ""} == {
        "lint": "make lint",
        "types": "",
        "test": "make test",
        "build": "make dist",
    }
    assert "mypy" in commands(files)["types"]


def test_what_is_compiled_is_built() -> None:
    """By its own tool, or by the Makefile's first habit; a target named after a role comes before that."""
    assert commands({"Makefile": "all: server\n"}) == {"build": "make all"}
    assert commands({"Makefile": "all: server\ndist: all\n"}) == {"build": "make dist"}
    assert commands({"go.mod": ""}) == {"test": "go test ./...", "build": "go build ./..."}
    assert commands({"Cargo.toml": "", "Makefile": "all:\n"})["build"] == "cargo build --release"


def test_sessions_of_a_noxfile() -> None:
    """Only functions that are sessions."""
    assert commands({"noxfile.py": NOXFILE}) == {"lint": "nox -s lint", "test": "nox -s tests"}


def test_tox() -> None:
    """By either of its files."""
    assert commands({"tox.ini": ""}) == commands({"tox.toml": ""}) == {"test": "tox run"}


def test_a_locked_python_project() -> None:
    """uv installs what the lock says, and needs the network for it."""
    files = {"pyproject.toml": '[build-system]\n[dependency-groups]\ndev = ["ruff", "pytest>=8"]', "uv.lock": ""}
    assert commands(files) == {
        "lint": "uv run --frozen ruff check .",
        "test": "uv run --frozen pytest -q --junitxml=out/pytest.xml",
        "build": "uv build",
    }
    assert all(task.network for task in suggest(files))
    assert [task.junit for task in suggest(files)] == ["", "out/*.xml", ""]


def test_a_python_project_without_a_lock() -> None:
    """pip installs it into an environment of its own."""
    found = commands({"pyproject.toml": "[tool.pytest.ini_options]"})
    assert found["test"].startswith(
        "python3 -m venv .venv && .venv/bin/pip install --quiet . pytest && .venv/bin/pytest"
    )


def test_a_python_project_with_only_a_folder_of_tests() -> None:
    """The standard library runs them, without network."""
    (only,) = suggest({"pyproject.toml": "", "tests": ""})
    assert (only.run, only.network) == ("python3 -m unittest discover", False)


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ("package-lock.json", "npm ci && npm run test"),
        ("yarn.lock", "yarn install --frozen-lockfile && yarn run test"),
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile && pnpm run test"),
        ("none", "npm install && npm run test"),
    ],
)
def test_scripts_of_a_package(lock: str, command: str) -> None:
    """Installed by the lock file that is there."""
    assert commands({"package.json": json.dumps({"scripts": {"test": "jest", "start": "x"}}), lock: ""}) == {
        "test": command
    }


def test_the_script_that_npm_init_writes_is_no_test() -> None:
    """It only fails."""
    text = json.dumps({"scripts": {"test": 'echo "Error: no test specified" && exit 1'}})
    assert commands({"package.json": text}) == {}


@pytest.mark.parametrize("broken", ["{", "[]", '{"scripts": 3}', "[" * 100_000])
def test_broken_files_suggest_nothing(broken: str) -> None:
    """A guess does not fail."""
    assert suggest({"package.json": broken, "noxfile.py": broken, "Makefile": broken}) == ()


def test_the_build_waits_for_the_rest() -> None:
    """And is not part of what it waits for."""
    pipeline = parse_pipeline(write_first(suggest({"Makefile": MAKEFILE})))
    assert {task.name: task.needs for task in pipeline.tasks} == {"lint": (), "test": (), "build": ("lint", "test")}


def test_a_repository_without_anything_gets_a_task_to_fill_in() -> None:
    """The file is valid, and says what is missing."""
    text = write_first(())
    (task,) = parse_pipeline(text).tasks
    assert "put that command in" in text
    done = subprocess.run(["sh", "-c", str(task.run)], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, "Put the command that tests this repository into andon.toml" in done.stderr) == (1, True)


def test_the_examples_in_the_comments_are_valid() -> None:
    """Whoever takes the comments away has a service."""
    text = write_first(()).replace("# artifact =", "artifact =")
    head, _, tail = text.partition("# [service]")
    service = "\n".join(line.removeprefix("# ") for line in f"# [service]{tail}".splitlines())
    pipeline = parse_pipeline(head + service)
    assert pipeline.service is not None
    assert pipeline.service.smoke


@given(
    st.dictionaries(
        st.sampled_from(READ + SEEN), st.one_of(st.text(), st.sampled_from([MAKEFILE, NOXFILE, "[build-system]"]))
    )
)
def test_what_is_written_is_always_a_pipeline(files: dict[str, str]) -> None:
    """Whatever stands in the files."""
    parse_pipeline(write_first(suggest(files)))
