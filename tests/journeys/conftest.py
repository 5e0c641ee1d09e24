"""A server of one's own for each journey, of which nothing is left at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from andon.testing.installation import Installation, processes_of
from andon.testing.waiting import awaited

from .near import Near
from .world import World

ENDS_WITHIN = timedelta(seconds=20)
Begin = Callable[..., World]


@pytest.fixture
def begin(tmp_path_factory: pytest.TempPathFactory, sandbox: None) -> Iterator[Begin]:
    """Starts servers, each in a folder of its own, with what is said of their environment."""
    begun: list[World] = []

    def start(folder: Path | None = None, **environ: str) -> World:
        house = Near(folder=folder or tmp_path_factory.mktemp("j"), environ=environ)
        begun.append(World(house))
        house.up()
        return begun[-1]

    yield start
    for world in begun:
        end(world.house)


@pytest.fixture
def server(begin: Begin) -> World:
    """A server."""
    return begin()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, sandbox: None) -> Iterator[World]:
    """A server for journeys that use repositories of their own."""
    world = World(Near(folder=tmp_path_factory.mktemp("j")))
    world.house.up()
    yield world
    end(world.house)


def end(house: Installation) -> None:
    """Everything of it is stopped, by its own command; whatever is not is ended, and told."""
    done = house.down()
    try:
        awaited(lambda: not processes_of(house.data), ENDS_WITHIN, what="the end of every process")
    finally:
        for left in processes_of(house.data):
            with suppress(psutil.NoSuchProcess):
                left.kill()
    assert done.code == 0, done.err
