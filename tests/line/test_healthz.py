"""/healthz says what stands still, with the status that load balancers read."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.kernel.ids import Actor
from andon.kernel.masks import Masks
from andon.line.healthz import HealthShown, answer
from andon.web.who import ANONYMOUS, Who
from tests.engine import lamp
from tests.engine.conftest import running
from tests.engine.test_engine import HALL
from tests.engine.test_health import ADA, Brittle

pytestmark = pytest.mark.anyio
READER = Who(actor=Actor("ada"), account=None, permissions=frozenset({"read"}))


async def test_a_server_at_work_is_live_and_ready(tmp_path: Path) -> None:
    """200, with the position."""
    async with running(tmp_path) as engine:
        given = answer(ANONYMOUS, engine)
    assert (given.status_code, given.content) == (200, HealthShown(live=True, ready=True, position=0, faults=()))


async def test_a_secret_in_the_reason_is_shown_to_nobody(tmp_path: Path) -> None:
    """What is known to be secret is masked before it is kept, so that no door and no log has it."""
    masks = Masks()
    masks.learn("hunter2hunter2")
    async with running(tmp_path, mask=masks.text) as engine:
        engine.health.note("view", ValueError("password hunter2hunter2"), position=1, stands_still=True)
        (fault,) = answer(READER, engine).content.faults
    assert "hunter2" not in fault.reason
    assert fault.reason.startswith("ValueError: password ")


@pytest.mark.parametrize(("who", "reason"), [(READER, "KeyError: 'on'"), (ANONYMOUS, "")])
async def test_a_part_that_stands_still_makes_it_unready(tmp_path: Path, who: Who, reason: str) -> None:
    """503, with the part and the position for everybody, and the reason for those who may read."""
    async with running(tmp_path, views=(Brittle(),)) as engine:
        await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
        given = answer(who, engine)
    (fault,) = given.content.faults
    assert given.status_code == 503
    assert (given.content.live, given.content.ready) == (True, False)
    assert (fault.part, fault.position, fault.stands_still, fault.reason) == ("view Brittle", 1, True, reason)


@pytest.mark.parametrize(("who", "said"), [(READER, ("ANDON_X is not a setting.",)), (ANONYMOUS, ())])
async def test_what_is_wrong_in_the_servers_settings_is_said_to_those_who_may_read(
    tmp_path: Path, who: Who, said: tuple[str, ...]
) -> None:
    """The server is ready all the same."""
    async with running(tmp_path) as engine:
        engine.health.warnings = ("ANDON_X is not a setting.",)
        given = answer(who, engine)
    assert (given.status_code, given.content.warnings) == (200, said)
