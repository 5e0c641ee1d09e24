"""Patterns mean what git means by them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid
from andon.tools.pipelines.model.patterns import named_by, parse_pattern

PATHS = (
    *("a", "b", "src/a", "src/b.py", "src/a/b.py", "src/a/b/c.py", "srcs/a", "docs/a.md", "x.toml", "a/x.toml"),
    *("a[1].py", "a1.py", "ab.py", "a-b", "a]b", "a*b", "sp ace", "src/docs/a", "!b", "#c", "a/b/a/b", "a/src/b.py"),
    *("aab", "aaab", "abab", "a/b/c/d/e", "src/a/x/b.py", "Z", "-", "a/-/b", "trail ", "b\\c", "a/.x", ".x"),
)
PATTERNS = (
    *("src/**", "src/*", "src", "src/", "/src", "/a", "*.py", "**/*.py", "src/**/*.py", "src/**/b.py", "a/**/b"),
    *("**/b", "**", "*", "a?", "a[1].py", "a\\[1\\].py", "[a-b]", "[!a]", "[^a]", "[a-]", "[-a]", "[]a]b", "a[]]b"),
    *("a\\*b", "a*b", "*a*b", "**/a/**/b", "a/**", "/**/a", "**/src/**/b.py", "a**b", "src**", "[[:alpha:]]"),
    *("[[:upper:][:digit:]]", "?", "??", "sp\\ ace", "\\!b", "\\#c", "a/*/b", "a/*/*/b", "*/b", "docs/a.*", "[a-c]*b"),
    *("a*a*b", "trail\\ ", "trail ", "b\\\\c", "**/", "a/**/", "/**", "src/**/", "**/**/b", ".x", "*x", "[\\a-c]"),
    *("[a\\-c]", "a/**b", "**b", "/*", "/*/", "*/", "a/b"),
)


def test_every_pattern_matches_what_git_matches(tmp_path: Path) -> None:
    """Asked of git itself, one pattern after the other."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for text in PATTERNS:
        (tmp_path / ".git/info/exclude").write_text(f"{text}\n")
        ask = ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "-z", "--stdin"]
        asked = "".join(f"{path}\0" for path in PATHS).encode()
        said = subprocess.run(ask, input=asked, capture_output=True, check=False).stdout.decode()
        pattern = parse_pattern(text)
        assert {path for path in PATHS if pattern.matches(path)} == set(filter(None, said.split("\0"))), text


def test_the_last_pattern_that_matches_decides() -> None:
    """An exclamation mark takes away what was named before, also below a folder."""
    patterns = [parse_pattern(text) for text in ("src/", "!src/a/", "src/a/b.py")]
    assert named_by(patterns, PATHS) == {"src/b.py", "src/docs/a", "src/a/b.py", "src/a", "a/src/b.py"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("src/*.{py,pyi}", 'Write one for each: "src/*.py" and "src/*.pyi".'),
        ("./src/**", 'Write it as "/src/**".'),
        ("#a", "is a comment"),
        ("[a", "is not closed"),
        ("a\\", "is not closed"),
        ("[z-a]", "no class of characters"),
        ("../a", "inside the repository"),
        ("a/../b", "inside the repository"),
        ("", "expected a path"),
        ("!", "expected a path"),
        ("/", "expected a path"),
        ("a" * 501, "at most 500"),
    ],
)
def test_what_means_nothing_is_said(text: str, said: str) -> None:
    """With the way to write it, where there is one."""
    with pytest.raises(Invalid) as refused:
        parse_pattern(text)
    assert said in str(refused.value)
