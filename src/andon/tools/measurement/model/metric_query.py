"""What is asked in the words of an address or a command line, and the question that it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from andon.kernel.errors import Invalid, NotFound, Problem
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.standards.shapes import did_you_mean
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.model.numbers.definitions import definition

#: how far back one looks who does not say
USUAL = timedelta(days=90)
DEFINITION = "dora"
#: what is asked when nobody says which environment
PRODUCTION = EnvironmentName("production")
#: no clock of any source is right outside of these
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """As it was written; "" for what was left out."""

    service: str = ""
    environment: str = ""
    #: dates or RFC 3339
    begin: str = ""
    end: str = ""
    definition: str = ""
    #: a date or RFC 3339: what happened from then on is left out (see Question)
    as_of: str = ""


def window_of(asking: MetricQuery, now: datetime) -> Window:
    """The time that is meant; the last 90 days when nothing is said, up to the next full hour, or up to the as-of.

    Time that had not been by then is cut off: nothing has happened in it, which is not that nothing happened. Where
    nothing is left, the window has no length. Errors: Invalid.
    """
    latest = as_of_in(asking, now) or next_hour(now)
    end = instant(asking.end, "to") if asking.end else latest
    begin = instant(asking.begin, "from") if asking.begin else max(end - USUAL, EARLIEST)
    if begin >= end:
        message = f"from ({begin:%Y-%m-%d %H:%M}) is not before to ({end:%Y-%m-%d %H:%M})."
        raise Invalid(Problem(where="from", message=message, remedy="Exchange the two, or leave one out."))
    return Window(begin=min(begin, latest), end=min(end, latest))


def as_of_in(asking: MetricQuery, now: datetime) -> datetime | None:
    """As of when it is asked; None for now, and for later than now, when no more is known. Errors: Invalid."""
    as_of = instant(asking.as_of, "as_of") if asking.as_of else None
    return as_of if as_of and as_of < next_hour(now) else None


def next_hour(now: datetime) -> datetime:
    """Where an open window ends: the same for a whole hour, so that an answer can be kept."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def instant(text: str, where: str) -> datetime:
    """A date (its first moment, UTC) or an instant; without a zone UTC is meant. Errors: Invalid."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is not None:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        if EARLIEST < at.replace(tzinfo=UTC) < LATEST:
            return at.astimezone(UTC)
    message = f'"{text[:40]}" is no day that can be measured.'
    raise Invalid(Problem(where=where, message=message, remedy="Write 2026-01-31, or 2026-01-31T12:00:00Z."))


def environment_of(
    asking: MetricQuery, places: Iterable[Place], line: tuple[EnvironmentName, ...] = ()
) -> EnvironmentName:
    """The one that is named, else the last of the line, else production, else the only one. Errors: NotFound."""
    known = sorted({place.environment for place in places})
    if asking.environment:
        if asking.environment not in known and asking.environment not in line:
            raise NotFound(_unknown("environment", asking.environment, known))
        return EnvironmentName(asking.environment)
    for usual in (*line[-1:], PRODUCTION):
        if usual in known:
            return usual
    return known[0] if len(known) == 1 else PRODUCTION


def place_of(asking: MetricQuery, places: tuple[Place, ...], environment: EnvironmentName) -> Place | None:
    """The service there that is named, else the only one; None when nobody chose. Errors: NotFound."""
    here = [place for place in places if place.environment == environment]
    if not asking.service:
        return here[0] if len(here) == 1 else None
    if asking.service not in {place.service for place in places}:
        raise NotFound(_unknown("service", asking.service, sorted({place.service for place in places})))
    return Place(service=ServiceName(asking.service), environment=environment)


def question_of(asking: MetricQuery, place: Place, now: datetime) -> Question:
    """The whole question. Errors: Invalid."""
    return Question(
        place=place,
        window=window_of(asking, now),
        definition=definition(asking.definition or DEFINITION).name,
        as_of=as_of_in(asking, now),
    )


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    hint = did_you_mean(name, known) or (f"Known here: {', '.join(known[:12])}." if known else "Nothing is known yet.")
    return f'Nothing was ever deployed to the {what} "{name[:80]}". {hint}'
