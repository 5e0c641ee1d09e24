"""The guard of work that a server may die of: after some deaths the work is set aside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from andon.kernel.errors import PortError


class SetAside(PortError):
    """The work is not tried any more, because servers died of it."""


class CrashGuard(Protocol):
    """Guards a short piece of work over what strangers send."""

    def __call__(self, work: str, again: str, *, keeps: bool = True) -> AbstractAsyncContextManager[None]:
        """Do the work inside. `again` says how a person has it tried again.

        `keeps`: it stays aside under this name, because another try has another one. Errors: SetAside.
        """
        ...


@asynccontextmanager
async def unguarded(work: str, again: str, *, keeps: bool = True) -> AsyncIterator[None]:
    """Where nothing restarts: `andon run`, tests."""
    yield
