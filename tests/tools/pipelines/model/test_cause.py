"""What a commit shows about a task's failure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.tools.pipelines.model.cause import absent, is_missed, suspects, why_not_run, without_network

MODES = {"build.sh": "100644", "bin/go": "100755", "andon.toml": "100644", "vendor/lib": "160000", "link": "120000"}
SCRIPT = "#!/bin/sh\necho built\n"
WINDOWS = SCRIPT.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("code", "log", "command"),
    [
        (126, "sh: 1: ./build.sh: Permission denied\n", "./build.sh"),
        (127, "sh: 1: ./build.sh: not found\n", "./build.sh"),
        (126, "bash: ./build.sh: /bin/sh^M: bad interpreter: No such file or directory\n", "./build.sh"),
        (127, "sh: line 1: ./build.sh: cannot execute: required file not found\n", "./build.sh"),
        (2, "make: ./build.sh: Permission denied\nmake: *** [Makefile:2: all] Error 127\n", "make"),
        (127, "build.sh: 2: \r: not found\n", "sh build.sh"),
        (127, "build.sh: line 2: $'\\r': command not found\n", "bash build.sh"),
        (127, "env: ‘python3\\r’: No such file or directory\n", "./build.sh --all"),
        (127, "", "./build.sh"),
    ],
)
def test_the_file_that_could_not_be_run_is_found(code: int, log: str, command: str) -> None:
    """Whichever shell or tool says so, in its words."""
    assert "build.sh" in suspects(code, log, command, MODES)


def test_a_task_that_failed_by_itself_has_no_suspects() -> None:
    """A red test is no script that could not be run."""
    assert suspects(1, "FAILED tests/test_x.py\nbuild.sh said 3\n", "./build.sh", MODES) == ()
    assert suspects(127, "sh: 1: cargo: not found", "cargo test", MODES) == ()


def test_each_flaw_has_its_remedy() -> None:
    """A missing bit, and ends of lines that a shell reads as words; what is whole has none."""
    denied = "sh: 1: ./build.sh: Permission denied"
    assert "git update-index --chmod=+x build.sh" in why_not_run(denied, "build.sh", "100644", SCRIPT)
    assert "Windows line ends (CRLF)" in why_not_run(denied, "build.sh", "100755", WINDOWS)
    assert why_not_run(denied, "build.sh", "100755", SCRIPT) == ""
    assert why_not_run("not found", "build.sh", "100644", SCRIPT) == ""
    assert why_not_run(denied, "notes.txt", "100644", "not a script\n") == ""


@pytest.mark.parametrize(
    ("log", "entry"),
    [
        ("npm error request to https://registry.npmjs.org/tap failed, reason: getaddrinfo EAI_AGAIN", '["npm"]'),
        ("fatal: unable to access 'https://git.example.org/a/': Could not resolve host: git.example.org", '["git.exam'),
        ("connection to HTTPSConnection(host='pypi.org', port=443): Temporary failure in name resolution", '["pypi"]'),
        ("Err:1 http://deb.debian.org/debian InRelease\n  Temporary failure resolving 'deb.debian.org'", '["debian"]'),
        ("wget: unable to resolve host address 'a.example': Name or service not known", "true"),
        ("connect(): Network is unreachable", "true"),
    ],
)
def test_a_task_without_network_that_looked_for_a_host_is_told_what_to_write(log: str, entry: str) -> None:
    """In the words of the program that looked; the registry's name, the host, or all."""
    said = without_network(f"{log}\n", "unit")
    assert f"add network = {entry}" in said
    assert "[task.unit]" in said


def test_a_task_that_looked_for_no_host_is_not_told_of_the_network() -> None:
    """A red test, and a name that is only a name."""
    assert without_network("FAILED tests/test_host.py\nhttps://example.org\n", "unit") == ""


def test_what_a_checkout_has_not_got_is_said() -> None:
    """Submodules by their folders, large files by the patterns of their attributes."""
    attributes = "# all\n*.psd filter=lfs diff=lfs merge=lfs -text\n*.txt text\n"
    submodules, pointers = absent(MODES, attributes)
    assert "(vendor/lib)" in submodules
    assert "(*.psd in .gitattributes)" in pointers
    assert absent({"a": "100644"}, "*.txt text") == ()


@pytest.mark.parametrize(
    ("log", "missed"),
    [
        ("cp: cannot stat 'vendor/lib/lib.h': No such file or directory", True),
        ("The source directory ./vendor/lib does not contain a CMakeLists.txt", True),
        ("cannot identify image file 'art/logo.psd'", True),
        ("version https://git-lfs.github.com/spec/v1", True),
        ("FAILED tests/test_vendor.py::test_lib", False),
    ],
)
def test_it_is_the_cause_where_the_log_names_it(log: str, missed: bool) -> None:
    """Another failure of the same commit is not explained by it."""
    assert is_missed(log, MODES, "*.psd filter=lfs") is missed


@given(st.text(), st.text(), st.integers(0, 255))
def test_no_log_breaks_it(log: str, command: str, code: int) -> None:
    """Logs and commands hold what they like."""
    assert set(suspects(code, log, command, MODES)) <= set(MODES)
    is_missed(log, MODES, command)
