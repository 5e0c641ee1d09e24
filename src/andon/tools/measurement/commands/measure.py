"""`andon measure`: the numbers of delivery, from any git repository without a server, or from a server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from andon.console.session import Session
from andon.kernel.errors import Invalid
from andon.tools.measurement.model.asking import PRODUCTION, Asking
from andon.tools.measurement.ports import Commits

if TYPE_CHECKING:
    from andon.tools.measurement.report.told import Source


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked."""

    environment_tags: Annotated[
        tuple[str, ...],
        Parameter(
            help="Which tags are releases, such as 'release_*'; may be said several times. Without it: tags"
            " that are named like versions, releases or deployments."
        ),
    ] = ()
    since: Annotated[str, Parameter(help="First day, such as 2025-01-01. Without it: the last 90 days.")] = ""
    until: Annotated[str, Parameter(help="The day after the last. Without it: now.")] = ""
    definition: Annotated[
        str,
        Parameter(
            name="--as",
            help="Whose definitions: dora, devlake, datadog, gitlab, four-keys or middleware. Without it: dora.",
        ),
    ] = ""
    as_of: Annotated[str, Parameter(help="As it was known on that day.")] = ""
    service: Annotated[str, Parameter(help="Which service, where there are several.")] = ""
    environment: Annotated[str, Parameter(help="Which environment. Without it: production.")] = ""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How it is shown."""

    evidence: Annotated[
        str,
        Parameter(help="List what is behind a number, such as change-lead-time: all that counted, all that did not."),
    ] = ""
    html: Annotated[Path | None, Parameter(help="Keep the report with pictures in this one file.")] = None
    csv: Annotated[Path | None, Parameter(help="Keep the evidence of every number in this table.")] = None


def measure(
    path: str = "",
    *,
    asked: Asked = Asked(),
    shown: Shown = Shown(),
    session: Annotated[Session, Parameter(parse=False)],
    commits: Annotated[Commits, Parameter(parse=False)],
) -> None:
    """Measure how changes reach their users: lead time, frequency, failures, each with its evidence.

    Parameters
    ----------
    path:
        A folder with a git repository, or an address to clone; its tags are its releases, and no server is asked.
        Without it: what the server knows.
    """
    from andon.tools.measurement.report.files import require_writable

    require_writable([file for file in (shown.html, shown.csv) if file])
    if path:
        from andon.tools.measurement.answers.repository import require_sense

        now = datetime.now(UTC)  # noqa: TID251  (the moment of asking)
        require_sense(_asking(asked), now, shown.evidence)  # before anything is read, which may take long
        source = _repository(path, asked, now, (session, commits))
    else:
        source = _server(asked, session)
    _keep(source, shown, session)  # first: whoever reads the rest may leave before its end
    if shown.evidence:
        _show_evidence(source, shown.evidence, session)
    else:
        _show_reports(source, session)


def _repository(path: str, asked: Asked, now: datetime, by: tuple[Session, Commits]) -> Source:
    from andon.tools.measurement.answers.repository import measured
    from andon.tools.measurement.reading import Wanted, read
    from andon.tools.measurement.report.progress import ProgressBar
    from andon.tools.measurement.report.told import OfRepository

    session, commits = by
    wanted = Wanted(
        where=path,
        patterns=asked.environment_tags,
        service=asked.service,
        environment=asked.environment or PRODUCTION,
    )
    with ProgressBar(session.terminal) as told:
        return OfRepository(measured(read(commits, wanted, now, told), _asking(asked), now))


def _server(asked: Asked, session: Session) -> Source:
    from andon.tools.measurement.report.told import OfServer

    if asked.environment_tags:
        raise Invalid("--environment-tags is about the tags of a repository. Name one: andon measure PATH")
    return OfServer(session.api, _asking(asked))


def _asking(asked: Asked) -> Asking:
    return Asking(
        service=asked.service,
        environment=asked.environment,
        begin=asked.since,
        end=asked.until,
        definition=asked.definition,
        as_of=asked.as_of,
    )


def _show_reports(source: Source, session: Session) -> None:
    from andon.tools.measurement.report.seen import seen
    from andon.tools.measurement.report.terminal import report

    reports = source.reports()
    if session.json:
        session.show(reports[0] if len(reports) == 1 else reports, str)
        return
    said = (report(seen(one), session.paint, session.terminal.width) for one in reports)
    session.say("\n\n\n".join(said))


def _show_evidence(source: Source, metric: str, session: Session) -> None:
    from andon.tools.measurement.report.evidence import evidence

    told = source.evidence(metric)
    if session.json:
        parts = [{"reason": part.reason, "rows": list(part.rows)} for part in told.parts]
        session.show({"metric": told.metric, "counted": parts[0]["rows"], "excluded": parts[1:]}, str)
        return
    for line in evidence(told, session.paint, session.terminal.width):
        session.say(line)


def _keep(source: Source, shown: Shown, session: Session) -> None:
    """Write the files that were asked for, and say so beside the report."""
    from andon.tools.measurement.report.files import keep

    if shown.html:
        from andon.tools.measurement.report.page import page

        document = page(source)
        keep(shown.html, lambda out: out.write(document))
        session.terminal.note(f"wrote {shown.html}: open it in any browser, no network needed")
    if shown.csv:
        from andon.tools.measurement.report.rows_csv import write_rows

        rows = keep(shown.csv, lambda out: write_rows(source, out))
        session.terminal.note(f"wrote {shown.csv}: {rows:,} rows")
