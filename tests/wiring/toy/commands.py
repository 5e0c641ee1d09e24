"""The command of toy."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from andon.console.session import Session


def bells(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """Ring, and say so."""
    session.api.post("/api/v1/bells", {})
    session.terminal.note("rang")
