"""Who may give which command: the whole table, so that a change of it is seen."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from litestar.handlers import HTTPRouteHandler

from andon import tools
from andon.app import HANDLERS
from andon.engine.callers_desk import CallersDesk
from andon.kernel.caller import needs
from andon.kernel.errors import Forbidden
from andon.tools.delivery.model.cord import CORD_STREAM
from andon.tools.delivery.model.service import HaltPromotion
from tests.callers import admin

GIVEN_BY = {
    ("read",): {"AnswerPulse"},
    ("push",): {"CreateRepository"},
    ("push", "cord"): {"PullCord"},
    ("run",): {
        "BeginImprovement",
        "CancelRun",
        "CheckImprovement",
        "DropImprovement",
        "KeepImprovement",
        "PlanImprovement",
        "RequestRun",
    },
    ("promote",): {
        "AddConnection",
        "ApproveChange",
        "ChangeSecret",
        "ChoosePulseQuestion",
        "DeclarePrices",
        "HandOver",
        "RemoveConnection",
        "RemoveSecret",
        "RequestPromotion",
        "RetireService",
        "SetSecret",
        "TakeFacts",
    },
    ("cord",): {"ReleaseCord"},
    ("admin",): {
        "ArchiveRepository",
        "ChangeTrunk",
        "CreateAccount",
        "DeleteRepository",
        "GiveRole",
        "RemoveAccount",
        "UnarchiveRepository",
    },
}


def commands() -> Iterator[type]:
    """Every command class of every tool."""
    for found in pkgutil.walk_packages(tools.__path__, "andon.tools."):
        if ".model" in found.name:
            for _, one in inspect.getmembers(import_module(found.name), inspect.isclass):
                if one.__module__ == found.name and hasattr(one, "decide"):
                    yield one


def test_each_command_of_people_says_what_it_needs() -> None:
    """What is not in the table is given by the server alone."""
    told = {one.__name__: needs(one) for one in commands() if needs(one)}
    assert told == {name: permissions for permissions, names in GIVEN_BY.items() for name in names}


@pytest.mark.anyio
async def test_nobody_gives_a_command_of_the_server(anyio_backend: str) -> None:
    """Not even an admin: the desk is not asked."""
    desk = CallersDesk(None, admin())  # type: ignore[arg-type]  # it must not be reached
    with pytest.raises(Forbidden, match="HaltPromotion is given by the server itself"):
        await desk.submit(CORD_STREAM, HaltPromotion(reason="because"))


def test_doors_have_no_desk_but_the_callers() -> None:
    """A page or an API with the whole desk could give any command for anybody."""
    doors = [file for file in Path(tools.__path__[0]).parent.rglob("*.py") if file.stem.startswith(("api", "pages"))]
    assert len(doors) > 20
    importing = [
        file.name
        for file in doors
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "andon.engine.desk"
    ]
    assert not importing


#: calls that change something by who the caller is rather than by what they may
BY_ACCOUNT = {
    "/accounts/{account:str}/sessions/close",
    "/accounts/{account:str}/tokens/{token_id:str}/revoke",
    "/api/v1/accounts/{account:str}/sessions",
    "/api/v1/login-links",
    "/api/v1/tokens",
    "/api/v1/tokens/{token_id:str}",
}


def test_every_call_that_changes_something_says_what_it_gives() -> None:
    """So that nothing is begun for somebody who may not, and the reference tells what each call needs."""
    silent = {
        path
        for handler in HANDLERS
        if isinstance(handler, HTTPRouteHandler) and not handler.http_methods <= {"GET", "HEAD", "OPTIONS"}
        if not handler.opt.keys() & {"gives", "permission", "public"}
        for path in handler.paths
    }
    assert silent == BY_ACCOUNT
