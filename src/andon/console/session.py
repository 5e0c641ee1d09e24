"""One use of the `andon` command: the server it talks to and the terminal it talks in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from andon.console.paint import Paint
from andon.console.terminal import Terminal, inert

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from andon.console.api import Api

T = TypeVar("T")


def _keep_nothing(url: str, token: str) -> None:
    """For sessions that have no credentials file."""


def _remember_nothing(url: str) -> None:
    """For sessions that have no credentials file."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """Injected into every command that asks for `session: Annotated[Session, Parameter(parse=False)]`."""

    #: address of the server
    url: str
    #: somebody named it, or it is the one used last
    is_known: bool = False
    #: finds the token for the address; asked once, when the server is
    find_token: Callable[[str], str]
    #: keeps a token for an address, instead of an earlier one
    keep_token: Callable[[str, str], None] = _keep_nothing
    #: makes an address the one that later commands ask when nobody names a server
    remember_server: Callable[[str], None] = _remember_nothing
    #: print JSON for programs instead of words for people
    json: bool
    terminal: Terminal

    @cached_property
    def api(self) -> Api:
        """The server; errors it answers are raised as the errors of the house."""
        from andon.console.api import Api

        return Api(url=self.url, token=self.find_token(self.url))

    def asked_if_known(self, addresses: Sequence[str], **query: str) -> list[Any] | str:
        """What the server in use answers to each; else in a few words why it was not asked, or did not answer."""
        from andon.kernel.errors import AndonError

        if not self.is_known:
            return "no server is in use here"
        try:
            return [self.api.get(address, query=query or None) for address in addresses]
        except AndonError as error:
            return str(error).splitlines()[0]

    @cached_property
    def paint(self) -> Paint:
        return Paint(self.terminal.colour)

    @cached_property
    def rich(self) -> Console:
        """For tables and trees; plain sentences are printed without it, which is faster."""
        from andon.console.tables import rich_console

        return rich_console(self.terminal)

    def show(self, data: T, render: Callable[[T], RenderableType]) -> None:
        """The answer of a command: JSON, or what `render` makes of it (text, a table, a tree)."""
        if self.json:
            import msgspec

            self.terminal.print(msgspec.json.format(msgspec.json.encode(data), indent=2).decode())
            return
        rendered = render(inert(data))
        if isinstance(rendered, str):
            self.terminal.print(rendered)
        else:
            self.rich.print(rendered)

    def say(self, text: str = "") -> None:
        """A sentence for people; nothing with --json."""
        if not self.json:
            self.terminal.print(text)
