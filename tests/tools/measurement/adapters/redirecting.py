"""A web server that sends everybody elsewhere, and one that says who came."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def redirecting(to: str) -> Iterator[str]:
    """Its address; what follows it is kept."""

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"{to}{self.path}")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with _running(Elsewhere) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def silent_git() -> Iterator[tuple[int, list[str]]]:
    """Its port, and what it was asked for; it says that it has no commits."""
    asked: list[str] = []

    class Inner(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
            self.end_headers()
            self.wfile.write(b"001e# service=git-upload-pack\n0000" + b"0000")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with _running(Inner) as port:
        yield port, asked


@contextmanager
def _running(answers: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
