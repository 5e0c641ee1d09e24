"""The page of a service's log: its last lines, and what is printed while somebody looks."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from andon.machine.log.reading import Printed
from andon.standards.terminal_text import spans
from andon.tools.delivery.api_logs import TheServiceLogs
from andon.tools.delivery.kept_logs import choose_log, kept_logs
from andon.tools.delivery.ports import LogStart
from andon.tools.delivery.views import Environments
from andon.web.pages import Asked, Pages

LINES = 500  #: on the page at first, and in one step back
MOST_FOLLOWED = 5000  #: lines after which a page that is left open stops to grow

#: offset, time, pieces of text with their classes, of Andon
Row = tuple[int, str, tuple[tuple[str, str], ...], bool]


@get("/environments/{environment:str}/{service:str}/log", include_in_schema=False, opt={"permission": "push"})
async def service_log_page(  # noqa: PLR0913  (an address of two parts, and what to show)
    environment: FromPath[str],
    service: FromPath[str],
    *,
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    environments: NamedDependency[Environments],
    service_logs: TheServiceLogs,
    promotion: FromQuery[int] = 0,
    after: FromQuery[int | None] = None,
    seen: FromQuery[int] = 0,
    wrap: FromQuery[bool] = False,
) -> Response[str]:
    """A window of the log; asked again by the page itself, what came after."""
    kept = await kept_logs(service_logs, environments, environment, service)
    log = choose_log(kept, promotion=promotion) if kept else None
    start = LogStart(last=LINES) if after is None else LogStart(offset=max(0, after))
    printed = await service_logs.read(log.id, start, LINES) if log else Printed(lines=(), next_offset=0)
    return pages.show(
        "delivery/service_log.html",
        asked,
        environment=environment,
        service=service,
        kept=kept,
        log=log,
        lines=_rows(printed),
        next_offset=printed.next_offset,
        follows=log is not None and log.is_open and seen + len(printed.lines) < MOST_FOLLOWED,
        seen=seen + len(printed.lines),
        is_part=after is not None,
        wrap=wrap,
        colour={"failed": "red", "verified": "green"}.get(log.verdict, "amber") if log else "grey",
        sentence=f"{service} in {environment} printed:" if log else f"{service} in {environment} printed nothing yet.",
    )


def _rows(printed: Printed) -> tuple[Row, ...]:
    return tuple(
        (line.offset, line.at, tuple((span.text, span.style.classes) for span in spans(line.text)), line.is_note)
        for line in printed.lines
    )


HANDLERS = (service_log_page,)
