"""A terminal that tests can read, and a server that answers what it is told."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from andon.console.session import Session
from andon.console.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Screen:
    """A session and everything that was printed in it."""

    session: Session
    out: io.StringIO
    err: io.StringIO

    @property
    def text(self) -> str:
        return self.out.getvalue()

    @property
    def notes(self) -> str:
        return self.err.getvalue()


def screen(
    *, url: str = "http://127.0.0.1:9", token: str = "", json: bool = False, colour: bool = False, width: int = 100
) -> Screen:
    """A fresh screen; without colour and movement, as a file or a pipe."""
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out=out, err=err, colour=colour, err_colour=colour, width=width, moving=False)
    return Screen(Session(url=url, find_token=lambda _: token, json=json, terminal=terminal), out, err)


@dataclass(slots=True)
class Told:
    """What the server answers, and what it was asked."""

    status: int = 200
    body: bytes = b""
    #: breaks the connection instead of answering
    hangs_up: bool = False
    #: method, path, body and the Authorization header of every request
    asked: list[tuple[str, str, bytes, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def server_that_answers(told: Told) -> Iterator[Told]:
    """A real server on this machine, as long as the block lasts."""

    class Answers(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.asked.append((self.command, self.path, body, self.headers.get("Authorization", "")))
            if told.hangs_up:
                return
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  # the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
