"""Sources: the connected tools, the last delivery of each, unsupported deliveries, and how to connect one."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from andon.kernel.words import plural
from andon.tools.measurement.model.intake.walk import CommitsWalk
from andon.tools.measurement.pages.selection import selection_of
from andon.tools.measurement.sources import Source, Sources
from andon.tools.measurement.views import Measured
from andon.web.pages import Asked, Pages

#: kept deliveries and troubles on the page
SHOWN = 20
MOVES = ("connection/", "intake/", "walk/", "import/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectGuide:
    """How one other tool is connected."""

    kind: str
    title: str
    #: what it tells
    tells: str
    command: str
    #: what is set there
    there: str


WAYS = (
    ConnectGuide(
        kind="github",
        title="GitHub",
        tells="pushes, pull requests, workflow runs, deployments, releases",
        command="andon connect add our-github github",
        there="Settings, Webhooks: this address, application/json, the secret; single events: pushes, pull requests, "
        "workflow runs, deployments, deployment statuses, releases.",
    ),
    ConnectGuide(
        kind="gitlab",
        title="GitLab",
        tells="pushes, merge requests, pipelines, deployments, releases, feature flags",
        command="andon connect add our-gitlab gitlab",
        there="Settings, Webhooks: this address, the secret token, the events that you use.",
    ),
    ConnectGuide(
        kind="pagerduty",
        title="PagerDuty",
        tells="incidents",
        command="andon connect add our-pagerduty pagerduty",
        there="Integrations, Generic Webhooks (v3): this address. It shows its secret once; hand that over here: "
        "andon connect secret our-pagerduty",
    ),
    ConnectGuide(
        kind="alertmanager",
        title="Alertmanager",
        tells="incidents, from alerts",
        command="andon connect add our-alerts alertmanager",
        there="A receiver with webhook_configs: this address, and the secret as bearer token.",
    ),
    ConnectGuide(
        kind="cdevents",
        title="CDEvents",
        tells="whatever speaks CDEvents over HTTP",
        command="andon connect add our-events cdevents",
        there="An HTTP sink: this address, and the secret as bearer token.",
    ),
)


@get("/sources", sync_to_thread=False, include_in_schema=False)
def sources_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    sources: NamedDependency[SkipValidation[Sources]],
) -> Response[str]:
    """Who tells what."""
    known = sources.all()
    walks = tuple(walk for walk in sources.walks() if walk.trouble or walk.head)
    wrong = sum(bool(source.turned_away or _is_unsigned(source)) for source in known)
    return pages.show(
        "measurement/sources.html",
        asked,
        live=MOVES,
        chosen=selection_of(asked, measured, pages.now),
        sources=known,
        walks=walks,
        kept=tuple(sources.kept)[:SHOWN],
        troubles=tuple(sources.troubles)[:SHOWN],
        ways=WAYS,
        colour="grey" if not known else "amber" if _troubled(known, walks) or wrong else "green",
        sentence=_sentence(known, walks),
        is_unsigned=_is_unsigned,
    )


def _is_unsigned(source: Source) -> bool:
    return bool(source.tool and not source.tool.fingerprint)


def _troubled(known: tuple[Source, ...], walks: tuple[CommitsWalk, ...]) -> int:
    return sum(bool(source.turned_away or _is_unsigned(source)) for source in known) + sum(
        bool(walk.trouble) for walk in walks
    )


def _sentence(known: tuple[Source, ...], walks: tuple[CommitsWalk, ...]) -> str:
    if not known:
        return "No tools connected."
    connected = sum(source.tool is not None for source in known)
    files = len(known) - connected
    said = f"{plural(connected, 'tool')} connected" + (f", {plural(files, 'file')} imported" if files else "")
    troubled = _troubled(known, walks)
    need = "needs" if troubled == 1 else "need"
    return f"{said}; {troubled:,} {need} attention." if troubled else f"{said}; no problems."


HANDLERS = (sources_page,)
