"""`andon measure`: the numbers of delivery, from any git repository without a server, or from a server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from andon.console.session import Session
from andon.kernel.errors import Invalid
from andon.tools.measurement.model.metric_query import PRODUCTION, MetricQuery
from andon.tools.measurement.ports import CommitReader

if TYPE_CHECKING:
    from andon.tools.measurement.answers.repository import MeasuredRepository
    from andon.tools.measurement.report.about.subject_source import SubjectSource
    from andon.tools.measurement.report.numbers_source import NumbersSource

#: what a measurement can be about
Subject = Literal["numbers", "stream", "flow", "overlay", "wall"]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureOptions:
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
    as_of: Annotated[
        str,
        Parameter(
            help="Without what happened from the beginning of that day on. It goes by the time things happened, not by"
            " the time they were reported: late reports and corrections count."
        ),
    ] = ""
    service: Annotated[str, Parameter(help="Which service, where there are several.")] = ""
    environment: Annotated[str, Parameter(name="--env", help="Which environment. Without it: production.")] = ""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What is shown of it, and how."""

    about: Annotated[
        Subject,
        Parameter(
            help="numbers of delivery; stream: work and waiting of a change step by step, waste and cost; flow: what is"
            " in progress and a forecast; overlay: what happened when; wall: throughput, stability, security."
        ),
    ] = "numbers"
    items: Annotated[int | None, Parameter(help="--about flow: when so many will be done. Else: all begun.")] = None
    weeks: Annotated[int | None, Parameter(help="--about flow: how many in so many weeks. Else: 4.")] = None
    over: Annotated[
        str, Parameter(help="--about overlay: the number above what happened. Without it: change-lead-time.")
    ] = ""
    evidence: Annotated[
        str,
        Parameter(help="List what is behind a number, such as change-lead-time: all that counted, all that did not."),
    ] = ""
    html: Annotated[Path | None, Parameter(help="Keep the report with pictures in this one file.")] = None
    csv: Annotated[Path | None, Parameter(help="Keep the evidence of every number in this table.")] = None


def measure(
    path: str | None = None,
    *,
    asked: MeasureOptions = MeasureOptions(),
    shown: ReportOptions = ReportOptions(),
    session: Annotated[Session, Parameter(parse=False)],
    commits: Annotated[CommitReader, Parameter(parse=False)],
) -> None:
    """Measure how changes reach their users: lead time, frequency, failures, each with its evidence.

    Parameters
    ----------
    path:
        A folder with a git repository, or an address to clone; its tags are its releases, and no server is asked.
        Without it: what the server knows.
    """
    from andon.tools.measurement.report.files import require_writable

    if path == "":  # a script's variable that nobody set does not mean the server
        raise Invalid("PATH is empty. Name a folder or an address; without PATH a server is asked.")
    require_writable([file for file in (shown.html, shown.csv) if file])
    _require_fit(shown)
    now = datetime.now(UTC)  # noqa: TID251  (the moment of asking)
    if path:
        from andon.tools.measurement.answers.repository import require_sense

        require_sense(_asking(asked), now, shown.evidence or shown.over)  # before anything is read, which may take long
    elif asked.environment_tags:
        raise Invalid("--environment-tags is about the tags of a repository. Name one: andon measure PATH")
    by = (session, commits)
    if shown.about == "numbers":
        _numbers(_repository(path, asked, now, by) if path else _server(asked, session), shown, session)
    else:
        _about(_repository_answers(path, asked, now, by) if path else _server_answers(asked, session), shown, session)


def _require_fit(shown: ReportOptions) -> None:
    """Does each option belong to what is shown? Errors: Invalid."""
    only: dict[Subject, dict[str, object]] = {
        "numbers": {"--evidence": shown.evidence, "--csv": shown.csv},
        "flow": {"--items": shown.items, "--weeks": shown.weeks},
        "overlay": {"--over": shown.over},
    }
    for about, options in only.items():
        given = [option for option, text in options.items() if text not in {"", None}]
        if given and about != shown.about:
            raise Invalid(f"{given[0]} belongs to --about {about}, and this is --about {shown.about}. Say one of them.")


def _numbers(source: NumbersSource, shown: ReportOptions, session: Session) -> None:
    _keep(source, shown, session)  # first: whoever reads the rest may leave before its end
    if shown.evidence:
        _show_evidence(source, shown.evidence, session)
    else:
        _show_reports(source, session)


def _about(answers: SubjectSource, shown: ReportOptions, session: Session) -> None:
    from andon.tools.measurement.report.about.report import report
    from andon.tools.measurement.report.about.subject_source import USUAL, SubjectQuestion, subject_report

    if shown.about == "numbers":
        return
    asked = SubjectQuestion(subject=shown.about, items=shown.items, weeks=shown.weeks, over=shown.over or USUAL)
    found = subject_report(answers, asked)
    if shown.html:
        from andon.tools.measurement.report.about.page import page

        _keep_page(shown.html, page(found), session)
    session.show(found, lambda it: report(it, session.paint, session.terminal.width))


def _repository(path: str, asked: MeasureOptions, now: datetime, by: tuple[Session, CommitReader]) -> NumbersSource:
    from andon.tools.measurement.report.numbers_source import RepositoryNumbers

    return RepositoryNumbers(_measured(path, asked, now, by))


def _repository_answers(
    path: str, asked: MeasureOptions, now: datetime, by: tuple[Session, CommitReader]
) -> SubjectSource:
    from andon.tools.measurement.report.about.subject_source import RepositoryAnswers

    return RepositoryAnswers(_measured(path, asked, now, by), now)


def _measured(path: str, asked: MeasureOptions, now: datetime, by: tuple[Session, CommitReader]) -> MeasuredRepository:
    from andon.tools.measurement.answers.repository import measured
    from andon.tools.measurement.reading import RepositoryRequest, read
    from andon.tools.measurement.report.progress import ProgressBar

    session, commits = by
    wanted = RepositoryRequest(
        where=path,
        patterns=asked.environment_tags,
        service=asked.service,
        environment=asked.environment or PRODUCTION,
    )
    with ProgressBar(session.terminal) as found:
        return measured(read(commits, wanted, now, found), _asking(asked), now)


def _server(asked: MeasureOptions, session: Session) -> NumbersSource:
    from andon.tools.measurement.report.numbers_source import ServerNumbers

    return ServerNumbers(session.api, _asking(asked))


def _server_answers(asked: MeasureOptions, session: Session) -> SubjectSource:
    from andon.tools.measurement.report.about.subject_source import ServerAnswers

    return ServerAnswers(session.api, _asking(asked))


def _asking(asked: MeasureOptions) -> MetricQuery:
    return MetricQuery(
        service=asked.service,
        environment=asked.environment,
        begin=asked.since,
        end=asked.until,
        definition=asked.definition,
        as_of=asked.as_of,
    )


def _show_reports(source: NumbersSource, session: Session) -> None:
    from andon.console.terminal import inert
    from andon.tools.measurement.report.terminal import report

    reports = source.reports()
    if session.json:
        session.show(reports[0] if len(reports) == 1 else reports, str)
        return
    said = (report(inert(one), session.paint, session.terminal.width) for one in reports)
    session.say("\n\n\n".join(said))


def _show_evidence(source: NumbersSource, metric: str, session: Session) -> None:
    from andon.tools.measurement.report.evidence import evidence

    found = source.evidence(metric)
    if session.json:
        parts = [{"reason": part.reason, "rows": list(part.rows)} for part in found.parts]
        session.show({"metric": found.metric, "counted": parts[0]["rows"], "excluded": parts[1:]}, str)
        return
    for line in evidence(found, session.paint, session.terminal.width):
        session.say(line)


def _keep(source: NumbersSource, shown: ReportOptions, session: Session) -> None:
    """Write the files that were asked for, and say so beside the report."""
    if shown.html:
        from andon.tools.measurement.report.page import page

        _keep_page(shown.html, page(source), session)
    if shown.csv:
        from andon.tools.measurement.report.files import keep
        from andon.tools.measurement.report.rows_csv import write_rows

        rows = keep(shown.csv, lambda out: write_rows(source, out))
        session.terminal.note(f"wrote {shown.csv}: {rows:,} rows")


def _keep_page(file: Path, document: str, session: Session) -> None:
    from andon.tools.measurement.report.files import keep

    keep(file, lambda out: out.write(document))
    session.terminal.note(f"wrote {file}: open it in any browser, no network needed")
