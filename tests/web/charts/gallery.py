"""One picture of each kind, from invented numbers that are the same every time, and a page to hang them on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random
from statistics import quantiles

from markupsafe import Markup

from andon.web.asgi import App, Receive, Scope, Send, answer
from andon.web.assets import Assets
from andon.web.charts.aging import Item, aging
from andon.web.charts.figure import About, Figure
from andon.web.charts.forecast import Chance, Pick, forecast
from andon.web.charts.happenings import DeploymentMark, FlipMark, Happenings, IncidentMark
from andon.web.charts.levels import Level
from andon.web.charts.overlay import Series, overlay
from andon.web.charts.points import Point
from andon.web.charts.scatter import Dot, scatter
from andon.web.charts.series import series_json
from andon.web.charts.sparkline import sparkline
from andon.web.charts.stacked import AreaLayer, stacked
from andon.web.charts.stream_map import Arrow, MapBox, stream_map
from andon.web.charts.trend import trend
from andon.web.security import Shield
from andon.web.templates import template_environment

BEGIN = datetime(2026, 8, 25, tzinfo=UTC)
END = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
STAGES = ("review", "pipeline", "test", "waits for production")


def some_time(chance: Random) -> datetime:
    """An instant of the quarter."""
    return BEGIN + (END - BEGIN) * chance.random()


def happenings(deployments: int = 160) -> Happenings:
    """A quarter with a few bad days."""
    chance = Random(1)
    ticks = [
        DeploymentMark(at=some_time(chance), name=f"2.{n}", failed=chance.random() < 0.06) for n in range(deployments)
    ]
    incidents = [
        IncidentMark(begin=begin, end=begin + timedelta(hours=2 + 30 * chance.random()), name=f"INC-{n}")
        for n in range(6)
        for begin in (some_time(chance),)
    ]
    return Happenings(
        deployments=tuple(ticks),
        flips=tuple(FlipMark(at=some_time(chance), name=f"checkout <{n} %>") for n in range(7)),
        incidents=(*incidents, IncidentMark(begin=END - timedelta(hours=15), end=None, name="INC-99")),
    )


def weekly(gaps: tuple[int, ...] = (4, 5, 9)) -> tuple[Point, ...]:
    """Thirteen weeks, some without data."""
    chance = Random(2)
    return tuple(
        Point(
            at=BEGIN + 7 * n * DAY,
            value=None if n in gaps else chance.lognormvariate(10.5, 0.5),
            n=chance.randint(2, 40),
        )
        for n in range(13)
    )


def rates() -> tuple[Point, ...]:
    """Shares with their intervals."""
    chance = Random(3)
    return tuple(
        Point(at=BEGIN + 7 * n * DAY, value=None)
        if n == 4
        else Point(at=BEGIN + 7 * n * DAY, value=0.3 * chance.random(), n=chance.randint(2, 40), low=0.02, high=0.5)
        for n in range(13)
    )


def dots(count: int) -> tuple[Dot, ...]:
    """Lead times of so many commits."""
    chance = Random(4)
    return tuple(
        Dot(at=some_time(chance), value=chance.lognormvariate(10.5, 1.6), name=f"{n:06x} Fix <&>") for n in range(count)
    )


def levels(values: list[float]) -> tuple[Level, ...]:
    """Their p50, p85 and p95."""
    cuts = quantiles(values, n=100)
    return tuple(Level(words=f"p{p}", value=cuts[p - 1]) for p in (50, 85, 95))


def error_rate() -> Series:
    """Four values a day, a week of silence, and one bad moment."""
    chance = Random(5)
    points = [
        Point(
            at=BEGIN + DAY * n / 4,
            value=None if 100 < n < 130 else abs(chance.gauss(0.01, 0.004)) + (0.03 if n in {200, 201, 202} else 0),
        )
        for n in range(360)
    ]
    return Series(words="Error rate", unit="ratio", points=points)


def layers() -> tuple[AreaLayer, ...]:
    """What is in each stage on each of 91 days."""
    chance = Random(6)

    def walk(value: int) -> tuple[int, ...]:
        return tuple(value := max(0, value + chance.randint(-3, 3)) for _ in range(91))

    words = reversed(STAGES)
    return tuple(
        AreaLayer(words=word, values=tuple(None if 30 < n < 36 else value for n, value in enumerate(walk(begin))))
        for word, begin in zip(words, (12, 6, 4, 9), strict=True)
    )


def items() -> tuple[Item, ...]:
    """Work under way."""
    chance = Random(7)
    return tuple(
        Item(name=f"{n:06x} Fix totals", age=chance.lognormvariate(11, 1.1), stage=chance.choice(STAGES), owner="ada")
        for n in range(33)
    )


def value_stream() -> Figure:
    """From writing to production, with two ways to the package and one back."""
    boxes = (
        MapBox(name="write", process=None, n=310),
        MapBox(name="review", process=1500, accurate=0.91, n=310, waste="waiting", link="/evidence/review"),
        MapBox(name="lint", process=24, accurate=0.99, n=340),
        MapBox(name="unit", process=190, accurate=0.93, n=340),
        MapBox(name="integration", process=412, accurate=0.88, n=322, waste="defects"),
        MapBox(name="package", process=30, accurate=1.0, n=300),
        MapBox(name="production", process=260, accurate=0.95, n=180),
    )
    ways = (
        ("write", "review", 18000.0),
        ("review", "lint", 40.0),
        ("review", "unit", 41.0),
        ("unit", "integration", 12.0),
        ("lint", "package", 300.0),
        ("integration", "package", 3.0),
        ("package", "production", 66000.0),
        ("integration", "review", 4000.0),
    )
    arrows = [Arrow(begin=begin, end=end, wait=wait, n=300) for begin, end, wait in ways]
    return stream_map(About(title="Value stream"), boxes, arrows)


def chances() -> tuple[Chance, ...]:
    """Of being done in so many weeks."""
    return tuple(Chance(answer=n, probability=1 / (1 + exp(-(n - 26) / 2.2))) for n in range(16, 40))


LEAD = About(title="Change lead time", things="commits", begin=BEGIN, end=END, series_url="/series")


def figures() -> tuple[Figure, ...]:
    """One of each."""
    few, many, over = dots(220), dots(5000), happenings()
    rate = About(title="Change fail rate", unit="ratio", things="deployments", begin=BEGIN, end=END)
    quarter = About(title="What happened when", begin=BEGIN, end=END)
    flow = About(title="Cumulative flow", unit="count", begin=BEGIN, end=END)
    picks = tuple(Pick(probability=p, answer=n) for p, n in ((0.5, 26), (0.85, 30), (0.95, 33)))
    lead = levels([dot.value for dot in many])
    return (
        sparkline(About(title="Lead time by week", things="commits"), weekly()),
        trend(About(title="Lead time, weekly", things="commits"), weekly(), lead[:2]),
        trend(rate, rates()),
        scatter(About(title="Each commit", things="commits"), few, lead[:2]),
        scatter(LEAD, many, lead[:2]),
        overlay(quarter, error_rate(), over),
        overlay(About(title="What happened", begin=BEGIN, end=END), None, happenings(600)),
        stacked(flow, [BEGIN + n * DAY for n in range(91)], layers()),
        value_stream(),
        aging(About(title="Work under way", things="changes"), STAGES, items(), lead[:2]),
        forecast(About(title="When will 100 items be done?", things="weeks"), chances(), picks),
    )


def wall() -> App:
    """The page with all of them as a server gives it: strict policy, static files, and the series of the fourth."""
    assets = Assets()
    environment = template_environment({}, assets)
    page = environment.from_string(
        '{% import "web/figure.html" as figures %}<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Gallery</title>'
        '<link rel="stylesheet" href="{{ asset("andon.css") }}"><link rel="icon" href="{{ asset("mark.svg") }}">'
        "{{ figures.head() }}{{ figures.zoom() }}</head><body><main><h1>Gallery</h1>"
        "{% for it in hung %}{{ figures.figure(it) }}{% endfor %}</main></body></html>"
    ).render(hung=figures())
    series = json.dumps(
        series_json(LEAD, dots(5000), happenings(), "dots", levels([dot.value for dot in dots(5000)])[:2])
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"])
        if path.startswith("/static/"):
            asset = assets.find(path.split("/", 3)[3])
            await answer(send, 200, (("content-type", asset.media_type),), asset.content)
            return
        body, kind = (
            (series, "application/json") if path == "/series" else (str(Markup(page)), "text/html; charset=utf-8")
        )
        await answer(send, 200, (("content-type", kind),), body.encode())

    return Shield(app)
