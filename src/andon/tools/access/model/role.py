"""Roles and what each allows; the one table that every door asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from andon.kernel.errors import Invalid

Role = Literal["reader", "developer", "operator", "admin"]
Permission = Literal["read", "push", "run", "promote", "cord", "admin"]

ROLES: tuple[Role, ...] = get_args(Role)
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

#: each role can do what the one before it can, and more; "cord" releases it, pulling is for everyone who pushes
_ALLOWED: dict[Role, tuple[Permission, ...]] = {
    "reader": ("read",),
    "developer": ("read", "push", "run"),
    "operator": ("read", "push", "run", "promote", "cord"),
    "admin": PERMISSIONS,
}


def permissions_of(role: Role) -> tuple[Permission, ...]:
    """What a role allows."""
    return _ALLOWED[role]


def parse_scopes(texts: Iterable[str]) -> tuple[Permission, ...]:
    """Scopes in the table's order, each once; at least one. Errors: Invalid."""
    asked = tuple(texts)
    unknown = [text for text in asked if text not in PERMISSIONS]
    if unknown or not asked:
        wrong = f'"{unknown[0][:40]}" is no scope' if unknown else "A token needs at least one scope"
        raise Invalid(f"{wrong}: use one or more of {', '.join(PERMISSIONS)}.")
    return tuple(permission for permission in PERMISSIONS if permission in asked)
