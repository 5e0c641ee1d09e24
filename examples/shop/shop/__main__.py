"""The shop over HTTP, on the address and port that the environment gives it."""

import json
import os
from decimal import InvalidOperation
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from shop import total


class Counter(BaseHTTPRequestHandler):
    """Serves one request after another on a kept-alive connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/health":
            self.answer(200, {"healthy": True})
        elif url.path == "/total":
            self.total(parse_qs(url.query).get("prices", [""])[0])
        elif url.path == "/":
            self.answer(200, {"shop": os.environ.get("GREETING", ""), "version": os.environ.get("ANDON_VERSION", "")})
        else:
            self.answer(404, {"error": "there is /, /health and /total?prices=1.10,2.20"})

    def total(self, prices: str) -> None:
        try:
            self.answer(200, {"total": total(prices.split(","))})
        except InvalidOperation:
            self.answer(400, {"error": "prices are numbers with commas between them"})

    def answer(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the router counts requests."""


class Shop(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    Shop((os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))), Counter).serve_forever()
