"""The commands of improvements: plan, do, check, act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import App, Parameter

from andon.console.session import Session
from andon.console.tables import table
from andon.tools.measurement.report.words import value

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

kaizen = App(name="kaizen", help="Improvements: plan, do, check, act, each with the number that it should move.")


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed:
    """Which number should move, where, to what, by when."""

    metric: Annotated[str, Parameter(help="The number that it should move, such as change-lead-time.")]
    to: Annotated[str, Parameter(help="What it should become: 8h, 15 %, 3 a week.")]
    by: Annotated[str, Parameter(help="The day on which it is judged, such as 2026-12-31.")]
    service: Annotated[str, Parameter(help="Of which service, where there are several.")] = ""
    environment: Annotated[str, Parameter(help="Where; the last of the line when nothing is said.")] = ""
    over: Annotated[str, Parameter(help="How much time it is measured over.")] = "30d"
    definition: Annotated[str, Parameter(name="--as", help="Whose definition of the number.")] = "dora"


@kaizen.command(name="plan")
def plan_improvement(title: str, *, aim: Aimed, because: str = "", session: Here) -> None:
    """Plan: what the number is now is recorded, and on the date it is measured again by itself.

    Parameters
    ----------
    title:
        What is to be done, one sentence.
    because:
        Why it should help.
    """
    body = {
        "title": title,
        "because": because,
        "metric": aim.metric,
        "target": aim.to,
        "by": aim.by,
        "service": aim.service,
        "environment": aim.environment,
        "over": aim.over,
        "definition": aim.definition,
    }
    session.show(session.api.post("/api/v1/measurement/improvements", body), _planned)


@kaizen.command(name="list")
def list_improvements(*, session: Here) -> None:
    """Every improvement: what it should move, and whether it did."""
    rows: list[Row] = session.api.get("/api/v1/measurement/improvements")
    if not rows and not session.json:
        session.say('Nothing is planned. Plan something with: andon kaizen plan "…" --metric … --to … --by …')
        return
    columns = (">", "*improvement", "phase", "number", "from", "to", "now", "verdict", "by")
    session.show(rows, lambda rows: table(columns, [_row(row) for row in rows]))


@kaizen.command(name="do")
def begin_improvement(number: int, *, session: Here) -> None:
    """Do: it begins now; what was before it does not count when it is checked.

    Parameters
    ----------
    number:
        The improvement.
    """
    session.show(session.api.post(f"{_path(number)}/do"), lambda row: f"✓ {row['title']}: begun")


@kaizen.command(name="check")
def check_improvement(number: int, *, session: Here) -> None:
    """Check: measure its number now, before its date or once more after it.

    Parameters
    ----------
    number:
        The improvement.
    """
    session.api.post(f"{_path(number)}/check")
    session.show(session.api.get(_path(number)), _checked)


@kaizen.command(name="keep")
def keep_improvement(number: int, *, learned: str, session: Here) -> None:
    """Act: the new way stays.

    Parameters
    ----------
    number:
        The improvement.
    learned:
        What was learned.
    """
    session.show(session.api.post(f"{_path(number)}/keep", {"learned": learned}), lambda row: f"✓ {row['title']}: kept")


@kaizen.command(name="drop")
def drop_improvement(number: int, *, learned: str, session: Here) -> None:
    """Act: leave it; what was learned stays.

    Parameters
    ----------
    number:
        The improvement.
    learned:
        What was learned.
    """
    session.show(
        session.api.post(f"{_path(number)}/drop", {"learned": learned}), lambda row: f"✓ {row['title']}: dropped"
    )


def _path(number: int) -> str:
    return f"/api/v1/measurement/improvements/{number}"


def _planned(row: Row) -> str:
    aim, baseline = row["aim"], row["baseline"]
    number = f"{aim['metric']} of {aim['place']['service']} in {aim['place']['environment']}"
    was, target = value(baseline["value"], aim["unit"]), value(aim["target"], aim["unit"])
    return "\n".join(
        (
            f"✓ improvement {row['number']}: {row['title']}",
            f"  plan      {number} from {was} (n = {baseline['n']:,}) to {target} by {aim['by'][:10]}",
            f"  next: when you begin:  andon kaizen do {row['number']}",
            f"        on {aim['by'][:10]} it is measured by itself:  andon kaizen list",
        )
    )


def _checked(row: Row) -> str:
    if not row["checks"]:
        return f"… {row['title']}: it is being measured; see it with: andon kaizen list"
    said = {"reached": "✓ reached", "moved": "… moved, not there yet", "unmoved": "✗ unmoved", "unknown": "? no data"}
    check = row["checks"][-1]
    lines = [f"{said[check['verdict']]}: {_now(row)}, planned from {_was(row)} to {_target(row)}"]
    lines += [f"  {note}" for note in check["reading"]["notes"]]
    lines.append(f'  next: andon kaizen keep {row["number"]} --learned "…"   or   andon kaizen drop')
    return "\n".join(lines)


def _row(row: Row) -> tuple[str, ...]:
    aim = row["aim"]
    return (
        str(row["number"]),
        row["title"],
        row["phase"],
        f"{aim['metric']}, {aim['place']['service']}",
        _was(row),
        _target(row),
        _now(row),
        row["checks"][-1]["verdict"] if row["checks"] else "",
        aim["by"][:10],
    )


def _was(row: Row) -> str:
    return value(row["baseline"]["value"], row["aim"]["unit"])


def _target(row: Row) -> str:
    return value(row["aim"]["target"], row["aim"]["unit"])


def _now(row: Row) -> str:
    return value(row["checks"][-1]["reading"]["value"], row["aim"]["unit"]) if row["checks"] else ""
