"""What the pages of measurement are about: place, time and definition, read from the address and kept in every link."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode

from litestar import Response

from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.kernel.words import plural
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.model.metric_query import MetricQuery, environment_of, place_of, question_of, window_of
from andon.tools.measurement.views import Measured
from andon.web.pages import Asked, Pages

#: what each part of an asking is called in an address
WORDS = {
    "service": "service",
    "environment": "environment",
    "begin": "from",
    "end": "to",
    "definition": "as",
    "as_of": "as_of",
}
#: windows that are one click away
SPANS = ((30, "30 days"), (90, "90 days"), (365, "a year"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChoice:
    """A window to choose."""

    words: str
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSelection:
    """What a reader chose, and what there is to choose from."""

    asking: MetricQuery
    #: of the page: "/numbers"
    path: str
    now: datetime
    window: Window
    environment: EnvironmentName
    #: None when no service is chosen
    place: Place | None
    environments: tuple[EnvironmentName, ...]
    services: tuple[ServiceName, ...]

    @property
    def question(self) -> Question:
        """About the chosen place; about no service where none is chosen."""
        place = self.place or Place(service=ServiceName(""), environment=self.environment)
        return question_of(self.asking, place, self.now)

    def to(self, path: str = "", **instead: str | int) -> str:
        """The address of a page about the same, but for what is said; "" takes a word away."""
        kept = {field.name: getattr(self.asking, field.name) for field in fields(MetricQuery)}
        told = {WORDS.get(name, name): text for name, text in {**kept, **instead}.items() if text}
        return f"{path or self.path}?{urlencode(told)}" if told else path or self.path

    @property
    def has_times(self) -> bool:
        """Did the reader choose days of their own?"""
        return bool(self.asking.end or self.asking.as_of) or not any(span.is_chosen for span in self.spans)

    @property
    def spans(self) -> tuple[WindowChoice, ...]:
        """The usual windows up to now."""
        found = []
        for days, words in SPANS:
            begin = f"{self.now - timedelta(days=days):%Y-%m-%d}"
            is_usual = days == 90 and not self.asking.begin and not self.asking.end
            is_chosen = is_usual or (self.asking.begin == begin and not self.asking.end)
            found.append(WindowChoice(words=words, address=self.to(begin=begin, end=""), is_chosen=is_chosen))
        return tuple(found)

    def in_weeks(self, weeks: int) -> str:
        """A day to come, as a date."""
        return f"{self.now + timedelta(weeks=weeks):%Y-%m-%d}"

    @property
    def time_words(self) -> str:
        """The window in words: "90 days to 23 Nov 2026"."""
        if self.window.end <= self.window.begin:
            return "a time that had not been yet"
        last = self.window.end - timedelta(microseconds=1)
        days = max(round(self.window.days), 1)
        return f"{plural(days, 'day')} to {last.astimezone(UTC):%-d %b %Y}"

    @property
    def options(self) -> str:
        """The same choice for a command line."""
        place = {"service": self.place.service if self.place else "", "environment": self.environment}
        words = (
            ("--service", place["service"]),
            ("--env", place["environment"] if self.asking.environment else ""),
            ("--since", self.asking.begin),
            ("--until", self.asking.end),
            ("--as", self.asking.definition),
            ("--as-of", self.asking.as_of),
        )
        return "".join(f" {option} {text}" for option, text in words if text)


def asking_in(query: str) -> MetricQuery:
    """The words of an address; of one that is written twice the last counts."""
    given = {name: texts[-1].strip() for name, texts in parse_qs(query).items()}
    return MetricQuery(**{part: given.get(word, "") for part, word in WORDS.items()})


def selection_of(asked: Asked, measured: Measured, now: datetime) -> PageSelection:
    """What this request is about. Errors: Invalid, NotFound."""
    asking = asking_in(asked.query)
    places = measured.history.places()
    environment = environment_of(asking, places, measured.environments)
    known = {place.environment for place in places}
    others = sorted(known - set(measured.environments))
    return PageSelection(
        asking=asking,
        path=asked.path,
        now=now,
        window=window_of(asking, now),
        environment=environment,
        place=place_of(asking, places, environment),
        environments=(*(one for one in measured.environments if one in known), *others),
        services=tuple(place.service for place in places if place.environment == environment),
    )


def word_in(query: str, word: str) -> str:
    """One more word of an address; "" when it is not there."""
    return parse_qs(query).get(word, [""])[-1].strip()


def number_in(query: str, word: str, otherwise: int, least: int = 1) -> int:
    """A number of an address; `otherwise` when it is not there. Errors: Invalid."""
    text = word_in(query, word)
    if not text:
        return otherwise
    if not text.isdecimal() or len(text) > 9 or int(text) < least:
        raise Invalid(Problem(where=word, message=f'expected a whole number from {least} up, not "{text[:40]}".'))
    return int(text)


def with_service(choice: PageSelection, history: History) -> PageSelection:
    """With a service in any case, where there is one: the busiest when nobody chose."""
    if choice.place is not None or not choice.services:
        return choice
    here = [Place(service=service, environment=choice.environment) for service in choice.services]
    return replace(choice, place=max(here, key=lambda place: len(history.deployments(place))))


def empty_page(pages: Pages, asked: Asked, choice: PageSelection) -> Response[str]:
    """Where nothing is measured yet: how to begin."""
    return pages.show("measurement/nothing.html", asked, chosen=choice)
