"""The API of service logs: which are kept, and their lines. Whoever may push may read what the code prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation

from andon.engine.clock import Clock
from andon.kernel.errors import Invalid
from andon.standards.durations import parse_duration
from andon.standards.terminal_text import readable
from andon.tools.delivery.kept_logs import ServiceLog, choose_log, kept_logs
from andon.tools.delivery.ports import LogStart, ServiceLogs
from andon.tools.delivery.views import Environments
from andon.web.who import Who

MOST_LINES = 5000
LONGEST_AGO = timedelta(days=400)

#: Protocols cannot be checked at run time, and need not be
TheServiceLogs = NamedDependency[SkipValidation[ServiceLogs]]
TheClock = NamedDependency[SkipValidation[Clock]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLogLine:
    """One line of a service's log."""

    #: where it begins in the log
    offset: int
    #: when it was printed, UTC
    at: str
    text: str
    #: of Andon: the instance was started, or something was lost
    is_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLogShown:
    """Some lines of a service's log."""

    log: ServiceLog
    lines: tuple[ServiceLogLine, ...]
    #: give it as `after` to go on
    next_offset: int


@get("/api/v1/environments/{environment:str}/{service:str}/logs", opt={"permission": "push"})
async def list_service_logs(
    environment: FromPath[str],
    service: FromPath[str],
    environments: NamedDependency[Environments],
    service_logs: TheServiceLogs,
) -> list[ServiceLog]:
    """The logs that are kept, one for each promotion, the newest first; also of instances that are gone."""
    return list(await kept_logs(service_logs, environments, environment, service))


@get("/api/v1/environments/{environment:str}/{service:str}/log", opt={"permission": "push"})
async def get_service_log(  # noqa: PLR0913  (an address of two parts, and what to read)
    environment: FromPath[str],
    service: FromPath[str],
    *,
    who: NamedDependency[Who],
    environments: NamedDependency[Environments],
    service_logs: TheServiceLogs,
    clock: TheClock,
    version: FromQuery[str] = "",
    promotion: FromQuery[int] = 0,
    limit: FromQuery[int] = 200,
    since: FromQuery[str] = "",
    after: FromQuery[int | None] = None,
    plain: FromQuery[bool] = False,
) -> ServiceLogShown:
    """The last lines of the newest log, of a version's, or of a promotion's.

    `since` begins at most so long ago ("10m"); `after` goes on where an earlier answer ended; `plain` has no colours.
    """
    log = choose_log(await kept_logs(service_logs, environments, environment, service), version, promotion)
    if not 1 <= limit <= MOST_LINES:
        raise Invalid(f"limit is from 1 to {MOST_LINES}.")
    ago = parse_duration(since, LONGEST_AGO) if since else None
    start = LogStart(
        offset=max(0, after or 0), last=limit if after is None else 0, since=clock.now() - ago if ago else None
    )
    printed = await service_logs.read(log.id, start, limit)
    lines = tuple(
        ServiceLogLine(
            offset=line.offset, at=line.at, text=readable(line.text) if plain else line.text, is_note=line.is_note
        )
        for line in printed.lines
    )
    return ServiceLogShown(log=log, lines=lines, next_offset=printed.next_offset)


HANDLERS = (list_service_logs, get_service_log)
