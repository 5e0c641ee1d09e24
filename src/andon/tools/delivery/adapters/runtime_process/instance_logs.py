"""What instances print: one log for each promotion, whatever slot it stands in and however often it is started."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.kernel.masks import Masks
from andon.machine.log.reading import Printed, offset_of_last, offset_since, read_lines, size
from andon.machine.log.starting import is_written_to, start_writer, written
from andon.standards.terminal_text import readable
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.ports import KeptLog, LogStart

LOGS = "logs"
#: of a service in an environment; when one more begins, the oldest goes
MOST_LOGS = 10
#: for the writer to write what an instance printed at its end
WRITTEN_WITHIN_S = 5.0
_LONGEST_LINE = 500  #: characters of a line in a reason


class InstanceLogs:
    """Writes and reads the logs below DATA/services; see ports.ServiceLogs."""

    def __init__(self, services: Path, masks: Masks) -> None:
        self._services = services
        self._masks = masks
        #: writers that this server started, until their ends are collected
        self._writers: set[int] = set()

    @contextmanager
    def opened(self, promotion: PromotionId, note: str) -> Iterator[int]:
        """A descriptor for what the instance prints, given to it inside the block. Errors: PortError."""
        self._collect()
        folder = self.folder(promotion)
        try:
            _make_room(folder)
            started = start_writer(folder, self._masks.needles, note)
        except OSError as error:
            raise PortError(f"The log of {promotion} cannot be written: {error.strerror}.") from error
        self._writers.add(started.pid)
        try:
            yield started.descriptor
        finally:
            os.close(started.descriptor)

    async def complete(self, promotion: PromotionId) -> None:
        """Wait until all that the instance printed is written; not for ever, as something may hold its output open."""
        await written(self.folder(promotion), WRITTEN_WITHIN_S)
        self._collect()

    async def last_lines(self, promotion: PromotionId, count: int) -> tuple[str, ...]:
        """The end of what was printed, without the writer's own lines."""
        return await asyncio.to_thread(self._last_lines, self.folder(promotion), count)

    async def kept(self, environment: EnvironmentName, service: ServiceName) -> tuple[KeptLog, ...]:
        """Every log that is kept, the newest promotion first."""
        return await asyncio.to_thread(self._kept, environment, service)

    async def read(self, promotion: PromotionId, start: LogStart, most: int) -> Printed:
        """Lines from a place on."""
        return await asyncio.to_thread(self._read, self.folder(promotion), start, most)

    def folder(self, promotion: PromotionId) -> Path:
        """Where the log of a promotion is."""
        environment, service, number = promotion.split("/")
        return self._services / environment / service / LOGS / number

    def _last_lines(self, folder: Path, count: int) -> tuple[str, ...]:
        printed = self._read(folder, LogStart(last=2 * count), 2 * count)
        texts = (readable(line.text)[:_LONGEST_LINE] for line in printed.lines if not line.is_note)
        return tuple(text for text in texts if text.strip())[-count:]

    def _kept(self, environment: EnvironmentName, service: ServiceName) -> tuple[KeptLog, ...]:
        folder = self._services / environment / service / LOGS
        return tuple(
            KeptLog(
                promotion=PromotionId(f"{environment}/{service}/{number}"),
                size_bytes=size(folder / str(number)),
                is_open=is_written_to(folder / str(number)),
            )
            for number in sorted(_numbers(folder), reverse=True)
        )

    def _read(self, folder: Path, start: LogStart, most: int) -> Printed:
        """Masked once more: a value may have become a secret after it was printed."""
        offset = start.offset
        if start.since is not None:
            offset = offset_since(folder, start.since)
        if start.last:
            offset = max(offset, offset_of_last(folder, start.last))
        printed = read_lines(folder, offset, most=most)
        return replace(printed, lines=tuple(replace(line, text=self._masks.text(line.text)) for line in printed.lines))

    def _collect(self) -> None:
        """Take the ends of writers that have ended."""
        for pid in tuple(self._writers):
            try:
                is_over = os.waitpid(pid, os.WNOHANG)[0] != 0
            except ChildProcessError:
                is_over = True
            if is_over:
                self._writers.discard(pid)


def _numbers(folder: Path) -> list[int]:
    try:
        return [int(one.name) for one in folder.iterdir() if one.name.isdecimal()]
    except OSError:
        return []


def _make_room(folder: Path) -> None:
    """Before a first start: the oldest logs go."""
    if folder.is_dir():
        return
    for number in sorted(_numbers(folder.parent))[: 1 - MOST_LOGS]:
        shutil.rmtree(folder.parent / str(number), ignore_errors=True)
