"""What tasks and services try in vain, as the sandboxes of root and of an ordinary user, and what they may do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from andon.machine.sandbox.system_calls import DENIED

from .forbidden import COMMON, FORBIDDEN

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534
USERS = (0, NOBODY) if os.geteuid() == 0 else (os.geteuid(),)
PLACES = [
    pytest.param(user, kind, id=f"{kind} of {'root' if user == 0 else 'an ordinary user'}")
    for user in USERS
    for kind in ("task", "service")
]


@cache
def answers(user: int) -> dict[str, Any]:
    """What the acts came to, in a task and a service of a server that runs as this user."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:  # pytest's own folders are closed to others
        os.chown(made, user, -1)
        program = Path(made, "forbidden.py")
        shutil.copy(Path(__file__).with_name("forbidden.py"), program)
        program.chmod(0o644)
        command = [sys.executable, "-m", "tests.machine.sandbox.inside", made, str(program), str(user)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if "NOT ISOLATED" in found["task"]["reason"]:
        pytest.skip(f"NO SANDBOX HERE: {found['task']['reason']}")
    return found


def test_the_list_is_long_and_every_act_has_a_reason() -> None:
    """At least sixty, and no two with one name."""
    calls = [(f"call {name}", why) for why, group in DENIED for name, *_ in group]
    acts = [*calls, *((act.name, act.why) for act in FORBIDDEN)]
    assert len(FORBIDDEN) >= 60
    assert len({name for name, _ in acts}) == len(acts)
    assert all(why for _, why in acts)


@pytest.mark.parametrize(("user", "kind"), PLACES)
def test_no_forbidden_act_is_done(user: int, kind: str) -> None:
    """Each is denied, or what it needs is not there."""
    found = answers(user)[kind]
    common = {act.name for act in COMMON}
    expected = {act.name for act in FORBIDDEN} | common
    assert expected <= set(found), found
    done = {name: answer for name, answer in found.items() if answer.startswith("done")}
    assert {name: answer for name, answer in done.items() if name not in common} == {}


@pytest.mark.parametrize(("user", "kind"), PLACES)
def test_common_acts_are_done(user: int, kind: str) -> None:
    """What builds, tests and services need."""
    found = answers(user)[kind]
    assert {act.name: found[act.name] for act in COMMON if found[act.name] != "done"} == {}


def test_a_task_of_root_is_nobody_of_this_machine() -> None:
    """Its files belong to a user that nothing else runs as."""
    if os.geteuid() != 0:
        pytest.skip("this server is not root: its tasks run as its own user")
    assert int(answers(0)["task"]["host user"]) > NOBODY
