"""How the work flows to a place: in progress now and over time, its age, what was done each week, and what will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from andon.kernel.ids import CommitId
from andon.kernel.words import plural
from andon.tools.measurement.answers.flow_facts import flow_facts
from andon.tools.measurement.model.facts import FactId
from andon.tools.measurement.model.flow.cumulative import Day, Week, days, is_open, known_from, weeks
from andon.tools.measurement.model.flow.forecast import ITEMS_AT_MOST, ForecastChance, by_week, how_many, when
from andon.tools.measurement.model.flow.items import Items
from andon.tools.measurement.model.flow.landings import NEVER
from andon.tools.measurement.model.flow.littles_law import LittlesLaw, littles_law
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.model.numbers.times import Times, times

#: of the oldest in progress; how many there are in all stands beside them
SHOWN = 200
#: how an item stands out that needs attention
OLD = "older than 85 of 100"
#: a forecast from fewer weeks says little
WEEKS_WANTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastQuestion:
    """What to forecast."""

    #: when will so many be done; None: as many as are in progress
    items: int | None = None
    #: how many will be done in so many weeks
    weeks: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Aging:
    """One piece of work that is not done."""

    #: first line of the commit, or the change's title
    name: str
    commit: CommitId | None
    #: the change, where one is known
    fact: FactId
    author: str
    #: "open", or the last stage it has reached: "landed", "built", "test"
    where: str
    begun: datetime
    #: since it was begun
    seconds: float
    #: compared with what was finished in the window: "", "older than half", "older than 85 of 100"
    stands_out: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What will be, if the weeks to come are like those that were."""

    #: done in each of the weeks it is drawn from, oldest first
    weekly: tuple[int, ...]
    items: int
    #: weeks until they are done
    when: tuple[ForecastChance, ...]
    #: the chance that they are done within 1, 2, … weeks, up to the surest of these
    by_week: tuple[float, ...]
    weeks: int
    #: done at least in so many weeks
    how_many: tuple[ForecastChance, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The whole answer. An item is a commit that is no merge; it is done when it is first at the place."""

    question: Question
    #: the end of the window, or earlier: what happened from then on is left out
    at: datetime
    #: landed, and not at the place
    in_progress: int
    #: proposed, and not landed
    open_changes: int
    #: oldest first, at most SHOWN
    aging: tuple[Aging, ...]
    #: how many more there are
    aging_not_shown: int
    #: begun to done, of what was done in the window
    finished: Times | None
    #: "landed", "built", then each environment on the way
    stages: tuple[str, ...]
    days: tuple[Day, ...]
    weeks: tuple[Week, ...]
    little: LittlesLaw | None
    forecast: Forecast
    notes: tuple[str, ...]


def flow(history: History, question: Question, asked: ForecastQuestion | None = None) -> Flow:
    """How work flows to the place. Errors: Invalid for a forecast that nobody can make."""
    work = flow_facts(history, question).work
    at, begin = work.at.timestamp(), question.window.begin.timestamp()
    known = known_from(work, question.window).timestamp()
    finished = times(done - begun for begun, done in zip(work.begun, work.done, strict=True) if begin <= done <= at)
    aging = _aging(work, finished)
    open_changes = sum(is_open(change, work.at) for change in work.changes)
    weekly = weeks(work, question.window)
    in_progress = len(aging) - open_changes
    return Flow(
        question=question,
        at=work.at,
        in_progress=in_progress,
        open_changes=open_changes,
        aging=tuple(aging[:SHOWN]),
        aging_not_shown=max(len(aging) - SHOWN, 0),
        finished=finished,
        stages=work.stages,
        days=days(work, question.window),
        weeks=weekly,
        little=littles_law(list(zip(work.begun, work.done, strict=True)), known, at),
        forecast=_forecast(tuple(week.done for week in weekly), asked or ForecastQuestion(), in_progress),
        notes=_notes(work, question.window, len(weekly)),
    )


def _aging(work: Items, finished: Times | None) -> list[Aging]:
    """What is in progress, oldest first."""
    at = work.at.timestamp()
    found = [_aging_item(work, item, finished) for item in range(len(work)) if work.done[item] > at]
    for change in work.changes:
        if is_open(change, work.at):
            begun = min(change.first_commit_at or change.opened_at, change.opened_at)
            seconds = at - begun.timestamp()
            found.append(
                Aging(
                    name=change.title,
                    commit=change.head,
                    fact=change.id,
                    author=change.author,
                    where="open",
                    begun=begun,
                    seconds=seconds,
                    stands_out=_stands_out(seconds, finished),
                    link=change.link,
                )
            )
    return sorted(found, key=lambda one: one.begun)


def _aging_item(work: Items, item: int, finished: Times | None) -> Aging:
    seconds = work.at.timestamp() - work.begun[item]
    change = work.changes[work.change[item]] if work.change[item] >= 0 else None
    reached = [stage for stage, column in zip(work.stages, work.reached, strict=True) if column[item] != NEVER]
    return Aging(
        name=work.subject(item) or work.id(item)[:10],
        commit=work.id(item),
        fact=change.id if change else FactId(""),
        author=work.author(item),
        where=reached[-1] if reached else "landed",
        begun=datetime.fromtimestamp(work.begun[item], UTC),
        seconds=seconds,
        stands_out=_stands_out(seconds, finished),
        link=change.link if change else "",
    )


def _stands_out(seconds: float, finished: Times | None) -> str:
    if finished is None or seconds <= finished.median:
        return ""
    return "older than half" if seconds <= finished.p85 else OLD


def _forecast(weekly: tuple[int, ...], asked: ForecastQuestion, in_progress: int) -> Forecast:
    wanted = asked.items if asked.items is not None else min(in_progress, ITEMS_AT_MOST)
    days_, many = when(weekly, wanted) if wanted else (), how_many(weekly, asked.weeks)
    return Forecast(
        weekly=weekly,
        items=wanted,
        when=days_,
        by_week=by_week(weekly, wanted, max((one.value or 0 for one in days_), default=0)),
        weeks=asked.weeks,
        how_many=many,
        says=_says(weekly, wanted, days_),
    )


def _says(weekly: tuple[int, ...], wanted: int, chances: tuple[ForecastChance, ...]) -> str:
    if not wanted:
        return "Nothing is in progress, so there is nothing to wait for."
    if not any(weekly):
        return "Nothing was done in a whole week of this window, so nothing can be forecast from it."
    parts = [f"{one.level * 100:.0f} % within {plural(one.value, 'week')}" for one in chances if one.value is not None]
    return f"{plural(wanted, 'item')}, if weeks to come are like the last {len(weekly)}: {', '.join(parts)}."


def _notes(work: Items, window: Window, weeks_known: int) -> tuple[str, ...]:
    found = ["Items are commits; merges are not counted. An item is done when it is first deployed to the place."]
    if work.at <= window.begin:
        found.append("No data: none of this time had been yet when it was asked about.")
    elif work.first and work.first > window.begin:
        found.append(f"The first deployment known here is of {work.first:%Y-%m-%d}; the time before does not count.")
    if work.seeds:
        found.append(f"{plural(work.seeds, 'commit')} came with the first deployment; how long it took is not known.")
    if work.skewed:
        found.append(f"{plural(work.skewed, 'commit')}: dated after the deployment, so left out. A clock is wrong.")
    if work.undated:
        found.append(f"{plural(work.undated, 'commit')}: of no believable date, so left out. A clock was never set.")
    if work.unknown:
        found.append(
            f"{plural(work.unknown, 'deployment')} of a commit that is not in the history; nothing moves by it."
        )
    if weeks_known < WEEKS_WANTED:
        found.append(
            f"The forecast rests on {plural(weeks_known, 'week')}. From fewer than {WEEKS_WANTED} it says little."
        )
    return tuple(found)
