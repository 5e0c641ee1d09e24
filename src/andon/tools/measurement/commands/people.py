"""The commands for what people tell: the pulse, numbers of their business, and prices."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from andon.console.session import Session
from andon.console.tables import table
from andon.kernel.errors import Invalid, Problem
from andon.kernel.words import minute, plural

if TYPE_CHECKING:
    from rich.console import RenderableType

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]

MOST_POINTS = 10_000  #: of one call


def pulse(score: int | None = None, *, ask: str = "", session: Here) -> None:
    """Answer the question of the week, or see how all answered. Nobody sees who said what.

    Parameters
    ----------
    score:
        Your answer, from 1 (worst) to 5 (best); the last one of a week counts. Without one, the answers are shown.
    ask:
        Another question to be asked from now on.
    """
    if ask:
        asked: Row = session.api.put("/api/v1/measurement/pulse/question", {"question": ask})
        session.show(asked, lambda row: f"✓ people are asked: {row['question']}")
    elif score is not None:
        answered: Row = session.api.post("/api/v1/measurement/pulse", {"score": score})
        session.show(answered, lambda row: f"✓ {row['question']}  {score} of 5; counted without your name")
    else:
        session.show(session.api.get("/api/v1/measurement/pulse"), _pulse)


def feed(name: str = "", value: float | None = None, *, at: str = "", file: Path | None = None, session: Here) -> None:
    """Feed a number of your business, to be laid over deployments and incidents; without a NAME, see what there is.

    Parameters
    ----------
    name:
        The series, such as orders-per-minute.
    value:
        The number.
    at:
        When it was so, as RFC 3339; now when nothing is said.
    file:
        Many values instead: a CSV file with an instant and a number in each line.
    """
    if not name:
        _list_series(session)
        return
    if file is None and value is None:
        raise Invalid(f"What is {name}? Write a number after it, or name a file: andon feed {name} --file FILE")
    points = _points_in(name, file) if file is not None else [_point(name, _moment(at), value)]
    fed = {"points": 0, "changed": 0}
    for first in range(0, len(points), MOST_POINTS):
        part: Row = session.api.post("/api/v1/measurement/series", {"points": points[first : first + MOST_POINTS]})
        fed = {key: fed[key] + part[key] for key in fed}
    session.show(fed, lambda row: f"✓ {plural(row['points'], 'value')} of {name}, {row['changed']:,} of them new")


def price(
    currency: str = "", *, run_minute: float = 0.0, environment_hour: tuple[str, ...] = (), session: Here
) -> None:
    """Declare what runs and environments cost; without a CURRENCY, see what was declared.

    Parameters
    ----------
    currency:
        Three letters, such as EUR. All prices are declared anew; what was before keeps the prices that it had.
    run_minute:
        Of one minute of a run.
    environment_hour:
        Of one service for an hour in an environment: production=0.12
    """
    if not currency:
        session.show(session.api.get("/api/v1/measurement/prices"), _prices)
        return
    body = {
        "currency": currency.upper(),
        "per_run_minute": run_minute,
        "environments": [_environment_price(each) for each in environment_hour],
    }
    session.show(session.api.put("/api/v1/measurement/prices", body), _prices)


def _list_series(session: Session) -> None:
    rows: list[Row] = session.api.get("/api/v1/measurement/series")
    if not rows and not session.json:
        session.say("Nothing was fed in. Feed a number with: andon feed NAME VALUE")
        return
    columns = ("series", ">points", "from", "to")
    session.show(
        rows,
        lambda rows: table(
            columns, [(r["name"], f"{r['points']:,}", minute(r["begin"]), minute(r["end"])) for r in rows]
        ),
    )


def _points_in(name: str, file: Path) -> list[Row]:
    """Errors: Invalid, with every line that is wrong."""
    import csv

    points: list[Row] = []
    problems: list[Problem] = []
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.reader(lines), 1):
                try:
                    at, value = row
                    points.append(_point(name, at.strip(), float(value)))
                except ValueError:
                    message = "expected an instant, a comma and a number."
                    problems.append(Problem(where=f"{file}:{number}", message=message))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(Problem(where=str(file), message=f"cannot be read: {error}")) from None
    if problems:
        raise Invalid(*problems[:20])
    return points


def _point(name: str, at: str, value: float | None) -> Row:
    return {"series": name, "at": at, "value": value}


def _moment(at: str) -> str:
    return at or datetime.now(UTC).isoformat()  # noqa: TID251  (the moment of telling)


def _environment_price(text: str) -> Row:
    name, _, amount = text.partition("=")
    try:
        return {"environment": name, "per_hour": float(amount)}
    except ValueError:
        remedy = "Write --environment-hour production=0.12"
        message = "that is no price of an environment."
        raise Invalid(Problem(where=text[:80], message=message, remedy=remedy)) from None


def _pulse(found: Row) -> RenderableType:
    if not found["weeks"]:
        return f"{found['question']}\n  Nobody has answered yet. Answer with: andon pulse 4"
    columns = (found["question"], ">answers", ">median", "1 2 3 4 5")
    return table(columns, [_week(week) for week in found["weeks"]])


def _week(week: Row) -> tuple[str, ...]:
    if week["median"] is None:
        return week["week"], str(week["n"]), "", "too few to be shown without names"
    return week["week"], str(week["n"]), f"{week['median']:g}", " ".join(map(str, week["counts"]))


def _prices(rows: list[Row]) -> RenderableType:
    if not rows:
        return "No price is declared, so nothing is known of cost.\n  next: andon price EUR --run-minute 0.008"
    columns = ("since", "currency", ">run minute", "*environment hour", "by")
    return table(columns, [_price(row) for row in rows])


def _price(row: Row) -> tuple[str, ...]:
    prices = row["prices"]
    hours = ", ".join(f"{each['environment']} {each['per_hour']:g}" for each in prices["environments"])
    return minute(row["since"]), prices["currency"], f"{prices['per_run_minute']:g}", hours, row["by"]
