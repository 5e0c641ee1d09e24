"""`andon measure`: the numbers of delivery, from any git repository without a server, or from a server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from andon.console.session import Session
from andon.tools.measurement.ports import Commits


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked."""

    service: Annotated[str, Parameter(help="Which service, where there are several.")] = ""
    environment: Annotated[str, Parameter(help="Which environment; of a repository: what its releases reach.")] = ""
    since: Annotated[str, Parameter(help="First day, such as 2025-01-01. Without it: the last 90 days.")] = ""
    until: Annotated[str, Parameter(help="The day after the last.")] = ""
    definition: Annotated[str, Parameter(name="--as", help="Whose definitions: dora, devlake, …")] = "dora"
    as_of: Annotated[str, Parameter(help="As it was known on that day.")] = ""


def measure(
    path: str = "",
    *,
    environment_tags: Annotated[tuple[str, ...], Parameter(help="Which tags are releases.")] = (),
    asked: Asked = Asked(),
    session: Annotated[Session, Parameter(parse=False)],
    commits: Annotated[Commits, Parameter(parse=False)],
) -> None:
    """Measure how a repository's changes reach its releases; without a PATH, what the server knows.

    Parameters
    ----------
    path:
        A folder with a git repository, or an address to clone: its tags are its releases. No server is asked.
    """
    from andon.tools.measurement.answers.repository import measured, measured_json
    from andon.tools.measurement.model.asking import Asking
    from andon.tools.measurement.reading import Wanted, read
    from andon.tools.measurement.report.seen import seen
    from andon.tools.measurement.report.terminal import report

    now = datetime.now(UTC)  # noqa: TID251  (the moment of asking)
    wanted = Wanted(
        where=path,
        patterns=environment_tags,
        service=asked.service,
        environment=asked.environment or "production",
    )
    reading = read(commits, wanted, now, lambda *_: None)
    asking = Asking(
        service=asked.service,
        environment=asked.environment,
        begin=asked.since,
        end=asked.until,
        definition=asked.definition,
        as_of=asked.as_of,
    )
    printed = measured_json(measured(reading, asking, now))
    session.show(printed, lambda it: report(seen(it), session.paint, session.terminal.width))
