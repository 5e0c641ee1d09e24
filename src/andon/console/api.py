"""The server's HTTP API as the commands use it; every failure becomes an error of the house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeVar, overload

import httpx2
import msgspec

from andon.console.server_errors import error_of
from andon.console.server_sent import ServerSentEvent, messages
from andon.kernel.errors import PortError

T = TypeVar("T")
Query = Mapping[str, str | int | bool | None]
Json = Any  #: what a JSON body decodes to

_CONNECT_TIMEOUT = 3.0  #: seconds
_ANSWER_TIMEOUT = 30.0  #: seconds
_UPLOAD_TIMEOUT = 900.0  #: seconds; a file of a million rows is read whole before the server answers
_SILENCE_TIMEOUT = 60.0  #: seconds without a byte of a stream; the server says something every 15
_CHUNK_BYTES = 1 << 18


class Api:
    """One server, asked as one account."""

    def __init__(self, *, url: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        headers = {"Accept": "application/json", "User-Agent": "andon"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        with _failures_in_words(self.url):
            self._http = httpx2.Client(
                base_url=self.url,
                headers=headers,
                timeout=httpx2.Timeout(_ANSWER_TIMEOUT, connect=_CONNECT_TIMEOUT),
                trust_env=not self.url.startswith("http://127."),  # no proxy stands before this machine itself
            )

    @overload
    def get(self, path: str, *, query: Query | None = None) -> Json: ...
    @overload
    def get(self, path: str, *, query: Query | None = None, into: type[T]) -> T: ...
    def get(self, path: str, *, query: Query | None = None, into: type[Any] = object) -> Any:
        """The answer, decoded: as plain dicts and lists, or as `into`.

        Errors: Refused, Forbidden, NotFound, Invalid as the server says; PortError when it does not answer.
        """
        return self._decoded(self._ask("GET", path, query=query), into)

    @overload
    def post(self, path: str, body: object = None, *, query: Query | None = None) -> Json: ...
    @overload
    def post(self, path: str, body: object = None, *, query: Query | None = None, into: type[T]) -> T: ...
    def post(self, path: str, body: object = None, *, query: Query | None = None, into: type[Any] = object) -> Any:
        """Sends a command; never repeated by itself. Errors: as get."""
        return self._decoded(self._ask("POST", path, body=body, query=query), into)

    def put(self, path: str, body: object = None) -> Json:
        """Sets a value. Errors: as get."""
        return self._decoded(self._ask("PUT", path, body=body), object)

    def delete(self, path: str, *, query: Query | None = None) -> Json:
        """Takes something away. Errors: as get."""
        return self._decoded(self._ask("DELETE", path, query=query), object)

    def upload(self, path: str, file: BinaryIO, *, query: Query | None = None) -> Json:
        """Sends a file as it is, piece after piece. Errors: as get."""
        timeout = httpx2.Timeout(_UPLOAD_TIMEOUT, connect=_CONNECT_TIMEOUT)
        headers = {"Content-Type": "application/octet-stream"}
        chunks = iter(lambda: file.read(_CHUNK_BYTES), b"")
        with _failures_in_words(self.url):
            answer = self._http.post(path, content=chunks, headers=headers, params=_given(query), timeout=timeout)
        if answer.is_error:
            raise error_of(answer.status_code, answer.content, self.url)
        return self._decoded(answer, object)

    @contextmanager
    def stream(self, path: str, *, query: Query | None = None) -> Iterator[Iterator[bytes]]:
        """The bytes of an answer as they come: a log that is still growing. Errors: as get."""
        timeout = httpx2.Timeout(_SILENCE_TIMEOUT, connect=_CONNECT_TIMEOUT)
        with _failures_in_words(self.url):
            request = self._http.build_request("GET", path, params=_given(query), timeout=timeout)
            answer = self._http.send(request, stream=True)
            try:
                if answer.is_error:
                    answer.read()
                    raise error_of(answer.status_code, answer.content, self.url)
                yield answer.iter_bytes()
            finally:
                answer.close()

    def events(self, path: str = "/events", *, after: int | None = None) -> Iterator[ServerSentEvent]:
        """What happens on the server, from now on or after a position of the ledger. Errors: as get."""
        with self.stream(path, query={"after": after}) as chunks:
            yield from messages(chunks)

    def close(self) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, *, body: object = None, query: Query | None = None) -> httpx2.Response:
        content = None if body is None else msgspec.json.encode(body)
        headers = None if body is None else {"Content-Type": "application/json"}
        with _failures_in_words(self.url):
            answer = self._http.request(method, path, content=content, headers=headers, params=_given(query))
        if answer.is_error:
            raise error_of(answer.status_code, answer.content, self.url)
        return answer

    def _decoded(self, answer: httpx2.Response, into: type[Any]) -> Any:
        if not answer.content:
            return None
        try:
            return msgspec.json.decode(answer.content, type=Any if into is object else into)
        except msgspec.MsgspecError as error:
            message = f"{self.url} does not answer as an Andon server of this version does: {error}."
            raise PortError(message, permanent=True) from None


def _given(query: Query | None) -> dict[str, str | int | bool]:
    return {name: value for name, value in (query or {}).items() if value is not None}


@contextmanager
def _failures_in_words(url: str) -> Iterator[None]:
    """What the network says, as a sentence with a way out."""
    try:
        yield
    except httpx2.ConnectError:
        raise PortError(f"No server answers at {url}. Start one with: andon up") from None
    except httpx2.TimeoutException:
        raise PortError(
            f"The server at {url} did not answer in time. See what it is doing with: andon status"
        ) from None
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
        raise PortError(f'"{url}" is no address of a server. Like: http://127.0.0.1:8600', permanent=True) from None
    except httpx2.TransportError as error:
        raise PortError(f"The connection to {url} broke: {error}. Ask again.") from None
