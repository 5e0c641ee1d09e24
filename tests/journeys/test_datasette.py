"""Somebody else's project goes down the line: two released versions of Datasette, as they are on PyPI."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest

from andon.testing.installation import Clone
from andon.testing.load import load_beside

from .conftest import Begin
from .world import World, awaiting, get

pytestmark = [pytest.mark.journey, pytest.mark.real_input, pytest.mark.timeout(600)]

EARLIER, LATER = "0.65.1", "0.65.2"
#: how pip finds the package index on this machine
INDEX = [name for name in os.environ if name.startswith("PIP_") or name.lower().endswith("_proxy")]
INDEX += [name for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE") if name in os.environ]
#: what its maintainers might write; these releases need what setuptools 81 does not have any more
PIPELINE = '''
schema = 1
budget = "10m"

[task.build]
network = true
env = { PYTHONPATH = "dist/lib", PYTHONDONTWRITEBYTECODE = "1" }
run = """
python3 -m venv .venv
.venv/bin/pip install --quiet --no-compile --target dist/lib . 'setuptools<81'
.venv/bin/pip install --quiet pytest pytest-asyncio beautifulsoup4
.venv/bin/python -m pytest -q tests/test_utils.py -k 'not spatialite' --junitxml out/tests.xml
"""
reports = { junit = "out/tests.xml" }
artifact = { name = "datasette", path = "dist", version = "0.65" }

[service]
command = ["sh", "-c", "exec python3 -m datasette serve --host $HOST --port $PORT"]
health = "/-/versions.json"
smoke = [{ path = "/-/versions.json", status = 200, contains = "sqlite" }, "/"]
config = { PYTHONPATH = "/app/lib" }
'''


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The source distributions, unpacked."""
    folder = tmp_path_factory.mktemp("pypi")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "venv"], cwd=folder, capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"NOT TESTED: Datasette on the line; python3 -m venv does not work here: {made.stdout[-300:]}")
    return {version: unpacked(folder, version) for version in (EARLIER, LATER)}


def unpacked(folder: Path, version: str) -> Path:
    """One release, fetched."""
    wanted = ["--no-deps", "--no-binary", "datasette", f"datasette=={version}"]
    command = ["venv/bin/pip", "download", "--quiet", *wanted]
    got = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    if got.returncode:
        pytest.skip(f"NOT TESTED: Datasette on the line; PyPI cannot be reached: {got.stderr.strip()[-300:]}")
    with tarfile.open(folder / f"datasette-{version}.tar.gz") as archive:
        if hasattr(tarfile, "data_filter"):  # not before Python 3.11.4; the archive is known by its digest
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(folder)
    return folder / f"datasette-{version}"


def release(clone: Clone, source: Path) -> None:
    """The whole tree of a release becomes the next commit."""
    clone.git("rm", "-r", "--quiet", "--ignore-unmatch", ".")
    files = {str(path.relative_to(source)): path.read_bytes() for path in source.rglob("*") if path.is_file()}
    clone.commit(source.name, {**files, "andon.toml": PIPELINE})


def test_datasette_goes_to_production_and_is_replaced_under_load(begin: Begin, releases: dict[str, Path]) -> None:
    """Its own tests run, it is packed with what it needs, it answers; its next release takes over without a failure."""
    world = begin(**{name: os.environ[name] for name in INDEX}, ANDON_TASK_ENV=",".join(INDEX))
    clone = world.clone("datasette")
    release(clone, releases[EARLIER])
    said = clone.push()
    assert "✓ test" in said.err, said.err  # the environment of this name
    assert_tested(world)
    assert world.house.andon("promote", "datasette").code == 0
    assert [version_at(world, where) for where in ("test", "production")] == [EARLIER, EARLIER]

    release(clone, releases[LATER])
    port = world.port("production", "datasette")
    with load_beside(port, connections=4, path="/-/versions.json", pause=timedelta(milliseconds=20)) as load:
        said = clone.push()
        assert "waits for: andon promote datasette" in said.err, said.err
        assert world.house.andon("promote", "datasette").code == 0
        asked = load.done
        awaiting(lambda: load.done > asked + 20, "answers of the next release")
    sys.stdout.write(f"{load.done} requests, {load.failed} failed\n")
    assert load.failed == 0, load.reasons
    assert version_at(world, "production") == LATER


def assert_tested(world: World) -> None:
    """The run read how many of Datasette's own tests passed."""
    [tests] = [task["tests"] for task in world.runs("datasette")[0]["tasks"]]
    assert tests["passed"] > 100
    assert tests["failed"] == 0


def version_at(world: World, environment: str) -> str:
    """What Datasette says of itself."""
    address = world.standing(environment, "datasette")["url"].rstrip("/")
    return str(get(f"{address}/-/versions.json").json()["datasette"]["version"])
