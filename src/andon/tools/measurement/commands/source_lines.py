"""What the terminal says of sources: what each told, what git walks, what goes wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from andon.console.tables import table
from andon.kernel.words import minute, plural

#: as the server calls the connection of its own repositories
OWN = "_own"

Row = dict[str, Any]


def sources_table(rows: list[Row]) -> Any:
    """Every source in a row."""
    columns = ("name", "kind", "last delivery", ">deliveries", "*facts", ">unsupported", ">rejected")
    return table(columns, [_source(row) for row in rows])


def _source(row: Row) -> tuple[str, ...]:
    told = ", ".join(plural(number, kind.removesuffix("s")) for kind, number in row["facts"].items() if number)
    kind = row["kind"] or "file"
    if row["kind"] and not row["has_secret"]:
        kind = f"{kind} (no secret yet)"
    return (
        row["name"],
        kind,
        minute(row["heard_at"]) if row["heard_at"] else "never",
        f"{row['deliveries']:,}",
        told or "nothing yet",
        f"{row['kept']:,}",
        f"{row['turned_away']:,}",
    )


def walk_lines(walks: list[Row]) -> Iterator[str]:
    """What git walks now, what it walked, and what went wrong."""
    for walk in walks:
        name = f"{'this server' if walk['connection'] == OWN else walk['connection']}/{walk['repository']}"
        at = f" {minute(walk['at'])}" if walk["at"] else ""
        if walk["walking"]:
            since = f" since {minute(walk['since'])}" if walk["since"] else ""
            yield f"  … {name}: git walks from {walk['walking'][:10]}{since}"
        elif walk["known"] and not walk["trouble"]:
            yield f"  ✓ {name}: walked up to {walk['known'][:10]}{at}"
        if walk["trouble"]:
            yield f"  ✗ {name}: not walked{at}: {walk['trouble']}"


def trouble_lines(found: Row) -> Iterator[str]:
    """What goes wrong, and what to do about it."""
    for source in found["sources"]:
        if source["turned_away"]:
            away = plural(source["turned_away"], "delivery", "deliveries")
            remedy = f"set the same secret on both sides: andon connect secret {source['name']}"
            yield f"  ✗ {source['name']}: {away} rejected: wrong signature; {remedy}"
    for trouble in found["troubles"][:10]:
        times = f" ({trouble['times']:,} times)" if trouble["times"] > 1 else ""
        yield f"  ! {minute(trouble['at'])}  {trouble['connection']}: {trouble['what']}{times}"
