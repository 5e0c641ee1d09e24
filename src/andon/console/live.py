"""Something that is happening, shown while it happens: finished lines stay, moving lines are drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from andon.console.session import Session
from andon.console.terminal import harmless

if TYPE_CHECKING:
    from rich.live import Live


class LiveLines:
    """A few moving lines below those that are finished; without a terminal only the finished ones are printed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._session.terminal.moving and not self._session.json:
            from rich.live import Live

            self._live = Live(console=self._session.rich, transient=True, refresh_per_second=8)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def done(self, line: str) -> None:
        """A line that will not change any more."""
        if self._live is None:
            self._session.say(line)
            return
        from rich.text import Text

        self._live.console.print(Text.from_ansi(harmless(line)))

    def moving(self, lines: Sequence[str]) -> None:
        """What is happening now, instead of what was shown as happening before."""
        if self._live is None:
            return
        from rich.text import Text

        self._live.update(Text.from_ansi(harmless("\n".join(lines))), refresh=True)
