"""The sandboxes of this machine: what it allows is found out once, then each is started from its description."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from andon.machine.process.launch import Launch, in_memory
from andon.machine.sandbox.bubblewrap import Bubblewrap, find_bubblewrap, try_out
from andon.machine.sandbox.host import HostView, look_around
from andon.machine.sandbox.options import ACCOUNTS, encoded, sandbox_options
from andon.machine.sandbox.spec import SandboxSpec

_OPTIONS_FD = 4


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
    host: HostView
    #: folder with the accounts that programs see
    accounts: Path

    @contextmanager
    def launch(
        self, spec: SandboxSpec, command: Sequence[str], *, mark: Mapping[str, str], output: int, status: Path
    ) -> Iterator[Launch]:
        """What to launch for a command in a sandbox; valid inside the block. Errors: PortError.

        bubblewrap, which runs outside, gets nothing of the environment: LD_PRELOAD would lead out of the sandbox.
        """
        options = sandbox_options(spec, self.bubblewrap, self.host, self.accounts)
        with in_memory(encoded(options)) as told:
            yield Launch(
                command=(self.bubblewrap.program, "--args", str(_OPTIONS_FD), "--", *command),
                env=mark,
                output=output,
                status=status,
                descriptors={_OPTIONS_FD: told},
            )


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
    bubblewrap = Bubblewrap(reason="sandboxes are switched off.")
    if settings.wanted:
        bubblewrap = try_out(find_bubblewrap(settings.search_path), settings.folder)
    host = look_around(settings.search_path, (*settings.hidden, settings.folder))
    return Machine(bubblewrap=bubblewrap, host=host, accounts=accounts)
