"""The same line on PostgreSQL, for a team that has grown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Begin
from .world import service

pytestmark = [pytest.mark.journey, pytest.mark.postgresql, pytest.mark.timeout(240)]


def test_the_ledger_may_be_in_postgresql(begin: Begin, new_database: Callable[[], str]) -> None:
    """Push, promote, restart, prove: nothing else changes for anybody."""
    server = begin(ANDON_LEDGER=new_database())
    shop = server.clone("shop")
    shop.commit("One", service("shop", "one"))
    assert shop.push().code == 0
    assert server.house.andon("promote", "shop").code == 0
    server.house.kill9()
    server.house.up()
    assert server.says("production", "shop") == "one 1.1"
    assert "none changed, none missing between them" in server.house.andon("ledger", "verify").out
    assert not (server.house.data / "ledger.db").exists()
