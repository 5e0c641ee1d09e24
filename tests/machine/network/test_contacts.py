"""Whom a task talked to, written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.machine.network import contacts
from andon.machine.network.contacts import Contact, Contacts, summed


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test reaches."""
    bounds = {"MOST_CONNECTIONS": 6, "MOST_HOSTS": 3, "MOST_REFUSALS": 4, "MOST_REFUSED_HOSTS": 2}
    for name, bound in bounds.items():
        monkeypatch.setattr(contacts, name, bound)


def reach(kept: Contacts, host: str) -> str:
    """Talk to a host when that is allowed."""
    why = kept.why_no_more(host, 443)
    if not why:
        kept.add(Contact(host=host, port=443))
    return why


def test_refusals_hide_no_host_that_was_reached(tmp_path: Path, few: None) -> None:
    """However many a task provokes first."""
    kept = Contacts(tmp_path / "contacts")
    for number in range(20):
        kept.add(Contact(host=f"a{number}.example", port=443, refused="no"))
    assert not reach(kept, "z.example")
    found = summed(tmp_path / "contacts")
    assert [each.host for each in found] == ["a0.example", "a1.example", "z.example"]


def test_no_host_is_reached_that_would_not_be_told(tmp_path: Path, few: None) -> None:
    """Also after a restart, which reads what was written."""
    file = tmp_path / "contacts"
    assert [bool(reach(Contacts(file), f"{name}.example")) for name in "abcda"] == [False, False, False, True, False]
    assert [each.host for each in summed(file)] == ["a.example", "b.example", "c.example"]


def test_connections_have_a_bound(tmp_path: Path, few: None) -> None:
    """All of them are counted."""
    kept = Contacts(tmp_path / "contacts")
    assert [reach(kept, "a.example") for _ in range(6)] == [""] * 6
    assert "has made 6 connections" in reach(kept, "a.example")
    assert summed(tmp_path / "contacts")[0].connections == 6
