"""Roles and scopes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from andon.kernel.errors import Invalid
from andon.tools.access.model.role import PERMISSIONS, ROLES, parse_scopes, permissions_of


def test_each_role_may_all_that_the_one_before_it_may() -> None:
    """A promotion to a higher role takes nothing away."""
    assert all(set(permissions_of(low)) < set(permissions_of(high)) for low, high in pairwise(ROLES))


def test_admin_may_everything() -> None:
    """There is no permission that nobody has."""
    assert permissions_of("admin") == PERMISSIONS


def test_a_developer_cannot_promote_nor_release_the_cord() -> None:
    """What reaches people, and what lets the line go on, is for operators."""
    assert not {"promote", "cord", "admin"} & set(permissions_of("developer"))


def test_scopes_are_put_in_order_and_doubles_dropped() -> None:
    """The same scopes are the same tuple, however they were typed."""
    assert parse_scopes(["push", "read", "push"]) == ("read", "push")


@pytest.mark.parametrize("scopes", [[], ["everything"], ["read", "Push"]])
def test_unknown_or_no_scopes_are_refused_with_the_list(scopes: list[str]) -> None:
    """Whoever mistypes a scope reads which there are."""
    with pytest.raises(Invalid, match="read, push, run, promote, cord, admin"):
        parse_scopes(scopes)
