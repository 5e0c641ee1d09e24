"""The credentials file: one token for each server and the server used last, readable by its owner only."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from andon.kernel.errors import Invalid, PortError, Problem
from andon.machine.files import make_private_folder, write_whole
from andon.standards.toml import basic_string


@dataclass(frozen=True, slots=True)
class Credentials:
    """Tokens by address of the server, and which server is asked when nobody names one, in one file."""

    path: Path

    def server(self) -> str:
        """The server that was started or signed in to last; "" when there was none. Errors: Invalid."""
        server = self._data().get("url", "")
        return server if isinstance(server, str) else ""

    def remember(self, url: str) -> None:
        """Ask this server from now on when nobody names one. Errors: PortError."""
        if self.server() != url.rstrip("/"):
            self._write(self._tokens(), url.rstrip("/"))

    def token(self, url: str) -> str:
        """The token for this server; "" when there is none.

        Errors: Invalid, when the file cannot be read as what it is.
        """
        return self._tokens().get(url.rstrip("/"), "")

    def keep(self, url: str, token: str) -> None:
        """Remembers the token, instead of an earlier one. Errors: PortError."""
        self._write(self._tokens() | {url.rstrip("/"): token}, self.server())

    def forget(self, url: str) -> None:
        """Takes the token away; nothing happens when there is none. Errors: PortError."""
        self._write(
            {server: token for server, token in self._tokens().items() if server != url.rstrip("/")}, self.server()
        )

    def _tokens(self) -> dict[str, str]:
        servers = self._data().get("server", {})
        tokens = {url: server.get("token") for url, server in servers.items() if isinstance(server, dict)}
        return {url: token for url, token in tokens.items() if isinstance(token, str)}

    def _data(self) -> dict[str, Any]:
        try:
            text = self.path.read_text()
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise Invalid(Problem(where=str(self.path), message=f"cannot be read: {error}.")) from None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            message = "this file of tokens is damaged."
            remedy = "Delete it and sign in again with: andon login"
            raise Invalid(Problem(where=str(self.path), message=message, remedy=remedy)) from None

    def _write(self, tokens: dict[str, str], server: str) -> None:
        """Whole or not at all, and never readable by others, not even for a moment."""
        lines = ["# Tokens of the andon command, by server. Written by: andon login, andon up"]
        lines += [f"url = {basic_string(server)}"] if server else []
        for url, token in sorted(tokens.items()):
            lines += ["", f"[server.{basic_string(url)}]", f"token = {basic_string(token)}"]
        try:
            make_private_folder(self.path.parent)
            write_whole(self.path, ("\n".join(lines) + "\n").encode())
        except OSError as error:
            raise PortError(f"The token could not be kept in {self.path}: {error}.", permanent=True) from None
