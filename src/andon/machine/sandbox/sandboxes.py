"""The sandboxes of this machine: what it allows is found out once, then each is started from its description."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from andon.machine.process.launch import ProcessLaunch
from andon.machine.process.memory import in_memory
from andon.machine.sandbox.bubblewrap import Bubblewrap, find_bubblewrap, try_out
from andon.machine.sandbox.host import look_around
from andon.machine.sandbox.identities import Identities, Identity, give
from andon.machine.sandbox.kernel_files import kernel_files
from andon.machine.sandbox.options import (
    ACCOUNTS,
    FILTER_FD,
    INNER_FD,
    OPTIONS_FD,
    OUTER_FD,
    Shown,
    encoded,
    sandbox_options,
)
from andon.machine.sandbox.spec import SandboxSpec
from andon.machine.sandbox.system_calls import filter_for
from andon.machine.sandbox.trial import tried


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """What sandboxes need to know about the server."""

    #: for files of their own; on the file system on which they write
    folder: Path
    #: for programs, as in PATH
    search_path: str
    #: folders that no sandbox may see, such as the data folder
    hidden: tuple[Path, ...] = ()
    #: False makes none, even where there could be some
    wanted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What this machine allows and shows."""

    bubblewrap: Bubblewrap
    shown: Shown
    #: of system calls; empty on an architecture without one
    call_filter: bytes = field(default_factory=lambda: filter_for(platform.machine()))
    #: None where sandboxes have no users of their own
    identities: Identities | None = None

    @contextmanager
    def launch(
        self, spec: SandboxSpec, command: Sequence[str], *, mark: Mapping[str, str], output: int, status: Path
    ) -> Iterator[ProcessLaunch]:
        """What to launch for a command in a sandbox; valid in the block. For a thread: it blocks. Errors: PortError.

        bubblewrap, which runs outside, gets nothing of the environment: LD_PRELOAD would lead out of the sandbox.
        """
        has_filter = bool(self.call_filter)
        options = sandbox_options(spec, self.bubblewrap, self.shown, has_filter=has_filter)
        with (
            self._identity(spec) as identity,
            in_memory(encoded(options)) as told,
            in_memory(self.call_filter) as deny,
        ):
            if identity:
                # else it could not open /dev/stdout
                os.fchown(output, identity.user, identity.user)
            users = {OUTER_FD: identity.outer, INNER_FD: identity.inner} if identity else {}
            yield ProcessLaunch(
                command=(self.bubblewrap.program, "--args", str(OPTIONS_FD), "--", *command),
                env=mark,
                output=output,
                status=status,
                descriptors={OPTIONS_FD: told, **({FILTER_FD: deny} if has_filter else {}), **users},
            )

    @contextmanager
    def _identity(self, spec: SandboxSpec) -> Iterator[Identity | None]:
        """The user that the sandbox runs as, to whom now belongs what it writes to."""
        if self.identities is None or not self.bubblewrap.has_own_users:
            yield None
            return
        taken = self.identities.owner_of(spec.owner) if spec.owner else self.identities.anybody()
        with taken as identity:
            for folder in spec.written():
                if folder.stat().st_uid != identity.user:
                    give(folder, identity.user)
            yield identity


class Sandboxes:
    """Finds out what the machine allows, when it is first needed."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._machine: Machine | None = None
        self._trying = asyncio.Lock()

    async def machine(self) -> Machine:
        """What this machine allows; tried once."""
        async with self._trying:
            if self._machine is None:
                self._machine = await asyncio.to_thread(look, self._settings)
            return self._machine


def look(settings: SandboxSettings) -> Machine:
    """Try what this machine allows, and look what of it may be shown."""
    accounts = settings.folder / "accounts"
    accounts.mkdir(parents=True, exist_ok=True)
    for name, content in ACCOUNTS.items():
        (accounts / name).write_text(content)
    host = look_around(settings.search_path, (*settings.hidden, settings.folder))
    shown = Shown(host=host, kernel=kernel_files(), accounts=accounts)
    identities = Identities() if os.geteuid() == 0 else None

    def machine(kind: Bubblewrap) -> Machine:
        return Machine(bubblewrap=kind, shown=shown, identities=identities)

    if not settings.wanted:
        return machine(Bubblewrap(reason="sandboxes are switched off."))
    program = find_bubblewrap(settings.search_path)
    return machine(try_out(program, lambda kind: tried(machine(kind), settings.folder)))
