"""The command of storage: what is kept, and what goes next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from andon.console.session import Session
from andon.console.tables import table
from andon.kernel.sizes import print_size

if TYPE_CHECKING:
    from rich.console import RenderableType

Here = Annotated[Session, Parameter(parse=False)]


def storage(*, session: Here) -> None:
    """What the server keeps on disk, by kind, and what it deletes next."""
    session.show(session.api.get("/api/v1/storage"), _in_words)


def _in_words(told: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    first = (
        f"{print_size(told['free_bytes'])} free, {print_size(told['reserve_bytes'])} reserved for the server. "
        f"Deleted after {told['keep_days']} days without use, or above {print_size(told['keep_bytes'])}."
    )
    kinds = [(one["kind"], str(one["count"]), print_size(one["size_bytes"]), str(one["held"])) for one in told["kinds"]]
    following = [
        (f"{one['kind']} {one['name']}", print_size(one["size_bytes"]), one["why"] or f"{_day(one['due'])}")
        for one in told["next"]
    ]
    parts: list[RenderableType] = [first, table(("*kept", ">count", ">size", ">in use"), kinds)]
    if following:
        parts.append(table(("*deleted next", ">size", "when"), following))
    return Group(*parts)


def _day(text: str) -> str:
    return f"{datetime.fromisoformat(text):%d %b %Y}"
