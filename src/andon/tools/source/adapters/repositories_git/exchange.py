"""One `git http-backend` that answers one request, with two pipes to the hooks it runs."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import replace
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.ids import CommitId
from andon.machine.git.child import Child
from andon.machine.git.git import Git
from andon.machine.git.pipes import read_some, write_all
from andon.machine.git.words import clean
from andon.tools.source.model.push import RefUpdate
from andon.tools.source.ports import GitRequest, HookCall, Quarantine

_MOST_HEAD_BYTES = 16 * 1024
_MOST_CALL_BYTES = 16 * 1024 * 1024


class GitExchange:
    """The port Exchange over `git http-backend`, as CGI knows it (RFC 3875)."""

    def __init__(self, git: Git, folder: Path, request: GitRequest) -> None:
        calls, call_end = os.pipe()
        answer_end, self._answers = os.pipe()
        hooks = {"ANDON_CALL": str(call_end), "ANDON_ANSWER": str(answer_end)}
        start = git.start("http-backend", given=None, env=_cgi(folder, request) | hooks)
        self._calls = calls
        self._body = b""
        self._heard: deque[bytes] = deque()
        self._rest = b""
        try:
            self._child = Child(replace(start, inherits=(call_end, answer_end)))
        except PortError:
            os.close(self._calls)
            os.close(self._answers)
            raise
        finally:
            os.close(call_end)
            os.close(answer_end)
        os.set_blocking(self._calls, False)
        os.set_blocking(self._answers, False)

    async def write(self, data: bytes) -> None:
        await self._child.write(data)

    def end_input(self) -> None:
        self._child.end_input()

    async def head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        received = b""
        while b"\r\n\r\n" not in received:
            part = await self._child.read()
            received += part
            if not part or len(received) > _MOST_HEAD_BYTES:
                raise PortError(f"git gave no answer: {clean(self._child.complaints()) or 'it ended at once'}")
        head, _, self._body = received.partition(b"\r\n\r\n")
        pairs = [line.partition(": ")[::2] for line in head.decode("latin-1").split("\r\n")]
        status = next((int(value.split()[0]) for key, value in pairs if key.lower() == "status"), 200)
        return status, tuple((key.lower(), value) for key, value in pairs if key.lower() != "status")

    async def read(self) -> bytes:
        if self._body:
            body, self._body = self._body, b""
            return body
        return await self._child.read()

    async def called(self) -> HookCall | None:
        hook, _, quarantine = (await self._line()).partition(" ")
        updates, options, size = list[RefUpdate](), list[str](), 0
        while (line := await self._line()) not in {"", "end"}:
            size += len(line)
            if size > _MOST_CALL_BYTES:
                return None
            if line.startswith("option "):
                options.append(line.removeprefix("option "))
            else:
                updates.append(_update(line))
        if line != "end" or hook not in {"pre-receive", "post-receive"}:
            return None
        return HookCall(
            hook="pre-receive" if hook == "pre-receive" else "post-receive",
            updates=tuple(updates),
            options=tuple(options),
            quarantine=Quarantine(quarantine),
        )

    async def say(self, line: str) -> None:
        await self._tell(f"say {line}")

    async def answer(self, *, accepted: bool) -> None:
        await self._tell("yes" if accepted else "no")

    async def exited(self) -> int:
        return await self._child.exited()

    async def stop(self) -> None:
        await self._child.stop()

    def close(self) -> None:
        self._child.close()
        os.close(self._calls)
        os.close(self._answers)

    async def _line(self) -> str:
        """One line of what the hooks tell; "" when git has ended."""
        while not self._heard:
            part = await read_some(self._calls)
            if not part:
                return ""
            *whole, self._rest = (self._rest + part).split(b"\n")
            self._heard.extend(whole)
        return self._heard.popleft().decode(errors="replace")

    async def _tell(self, line: str) -> None:
        try:
            await write_all(self._answers, f"{line}\n".encode())
        except BrokenPipeError:
            return  # the hook is gone, and with it whoever would have read this


def _update(line: str) -> RefUpdate:
    before, after, ref = line.split(" ", 2)
    return RefUpdate(ref=ref, before=_commit(before), after=_commit(after))


def _commit(id_: str) -> CommitId | None:
    return CommitId(id_) if id_.strip("0") else None


def _cgi(folder: Path, request: GitRequest) -> dict[str, str]:
    """The request for CGI. Without CONTENT_LENGTH: with one, git 2.39 spins for ever on a body that ends early."""
    given = {
        "GIT_PROJECT_ROOT": str(folder.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{folder.name}/{'info/refs' if request.advertise else request.service}",
        "QUERY_STRING": f"service={request.service}" if request.advertise else "",
        "REQUEST_METHOD": "GET" if request.advertise else "POST",
        "REMOTE_USER": request.actor,
        "REMOTE_ADDR": request.client,
        "CONTENT_TYPE": request.content_type,
        "HTTP_CONTENT_ENCODING": request.content_encoding,
        "GIT_PROTOCOL": request.protocol,
    }
    return {key: value for key, value in given.items() if value}
