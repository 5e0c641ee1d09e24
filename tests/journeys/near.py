"""An installation whose commands, and later starts of whose server, are forked: a journey starts it for real once."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

from andon.testing.installation import COMMAND_WITHIN_S, Done, Installation
from tests import forked


class Near(Installation):
    """What is imported in every process is imported once."""

    def andon(self, *arguments: str, cwd: Path | None = None, stdin: str = "", **environ: str) -> Done:
        """Run the command."""
        known = {**self.clean_environ(), **environ}
        folder = cwd or self.home
        return forked.andon(*arguments, folder=folder, environ=known, stdin=stdin.encode(), timeout_s=COMMAND_WITHIN_S)

    def start(self, arguments: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the server: the first time as people do."""
        if not self.port:
            return super().start(arguments, log)
        with Path("/dev/null").open("rb") as nothing:
            streams = (nothing.fileno(), log.fileno(), log.fileno())
            again = forked.Forked(arguments, streams, Path.cwd(), {**self.clean_environ(), **self.environ})
        return cast("subprocess.Popen[bytes]", again)  # as much of it as is used
