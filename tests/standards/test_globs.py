"""Globs over paths."""

from __future__ import annotations

import time

import pytest

from andon.standards.globs import matches


@pytest.mark.parametrize(
    ("path", "glob"),
    [
        ("andon.toml", "andon.toml"),
        ("deploy/a/b.yaml", "deploy/**"),
        ("deploy/a/b.yaml", "deploy"),
        ("deploy/a/b.yaml", "deploy/"),
        ("deploy/b.yaml", "deploy/*.yaml"),
        ("a/b/deploy/c", "**/deploy/c"),
        ("deploy/c", "**/deploy/c"),
        ("a/x/y/b", "a/**/b"),
        ("a/b", "a/**/b"),
        ("file7", "file?"),
        ("anything/at/all", "**"),
        ("x", "./x"),
    ],
)
def test_a_glob_names_files_and_what_is_below_folders(path: str, glob: str) -> None:
    """As people who know git expect it."""
    assert matches(path, glob)


@pytest.mark.parametrize(
    ("path", "glob"),
    [("src/andon.toml", "andon.toml"), ("deployed/a", "deploy/**"), ("deploy/a/b", "deploy/*.b"), ("file77", "file?")],
)
def test_a_glob_names_nothing_else(path: str, glob: str) -> None:
    """A star stays inside a name, and a path begins at the top."""
    assert not matches(path, glob)


def test_hostile_globs_take_bounded_time() -> None:
    """What makes a regular expression go back and forth for ever is walked through once."""
    begun = time.process_time()
    assert not matches("a" * 200, "*a" * 90 + "b")
    assert not matches("/".join("a" * 100), "**/a/" * 40 + "b")
    assert time.process_time() - begun < 1
