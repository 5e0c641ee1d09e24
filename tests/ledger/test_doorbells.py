"""Followers in other processes are woken by named pipes that clean up after the dead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from andon.ledger.doorbells import Doorbells
from andon.testing.waiting import until


@pytest.mark.anyio
async def test_others_hear_and_oneself_does_not(tmp_path: Path) -> None:
    """Pressing wakes every other, again and again, also when nobody answered the last time."""
    one, other = Doorbells(tmp_path / "bells"), Doorbells(tmp_path / "bells")
    with one.own() as at_one, other.own() as at_other:
        for _ in range(3):
            one.press()
            await until(at_other.is_set, what="the bell")
            at_other.clear()
        for _ in range(70_000):
            one.press()
        await until(at_other.is_set, what="the bell after many")
        assert not at_one.is_set()
    assert list((tmp_path / "bells").iterdir()) == []


def test_nobody_there_is_no_problem(tmp_path: Path) -> None:
    """Pressing where nobody ever followed creates nothing."""
    Doorbells(tmp_path / "bells").press()
    assert list(tmp_path.iterdir()) == []


def test_a_dead_followers_pipe_is_removed(tmp_path: Path) -> None:
    """The pipe of a process that was killed goes at the next press; one that is being installed stays."""
    (tmp_path / "bells").mkdir()
    for name in ("999999-1", ".999999-2"):
        os.mkfifo(tmp_path / "bells" / name)
    Doorbells(tmp_path / "bells").press()
    assert [path.name for path in (tmp_path / "bells").iterdir()] == [".999999-2"]
