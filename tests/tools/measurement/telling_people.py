"""What people said and connected in the year: improvements in every phase, prices, a fed number, other tools."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from andon.kernel.ids import CommitId, RepositoryName, ServiceName
from andon.tools.measurement.model.facts import Deployment, Fact, FactId, Incident, Place, Publication
from tests.tools.measurement.measured_house import Visit
from tests.tools.measurement.year_shape import PRODUCTION

PLANS = (
    {
        "title": "Review within two hours of being asked",
        "because": "A change waits longest for its reviewer.",
        "metric": "change-lead-time",
        "service": "shop",
        "target": "2h",
        "by": "2998-12-01",
    },
    {
        "title": "Split the integration tests in two",
        "because": "They are what everybody waits for.",
        "metric": "cycle-time",
        "service": "billing",
        "target": "2h",
        "by": "2998-12-20",
    },
    {
        "title": "Put each change into production by itself",
        "because": "Small batches are easy to mend.",
        "metric": "deployment-frequency",
        "service": "catalogue",
        "target": "9 a day",
        "by": "2998-12-24",
    },
)


async def everything(visit: Visit) -> None:
    """All of it."""
    await plan_all(visit)
    await declare_prices(visit)
    await feed_orders(visit)
    await connect(visit)


async def plan_all(visit: Visit) -> None:
    """The first is only planned, the second is being done, the third was dropped."""
    for plan in PLANS:
        await visit.post("/kaizen", {**plan, "environment": "production"})
    await visit.post("/kaizen/2/do", {})
    await visit.post("/kaizen/3/do", {})
    await visit.post("/kaizen/3/drop", {"learned": "The batches were small already."})


async def declare_prices(visit: Visit) -> None:
    """Of runs and of production."""
    environments = [{"environment": "production", "per_hour": 0.12}]
    await call(visit, "PUT", "prices", {"currency": "EUR", "per_run_minute": 0.008, "environments": environments})


async def feed_orders(visit: Visit) -> None:
    """Orders, less on Sundays."""
    end = visit.house.clock.now().replace(minute=0, second=0, microsecond=0)
    days = (end - timedelta(days=back) for back in range(90))
    points = [{"series": "orders", "at": day.isoformat(), "value": 400.0 - 30 * day.weekday()} for day in days]
    await call(visit, "POST", "series", {"points": points})


async def connect(visit: Visit) -> None:
    """One tool that tells an incident and something that nobody understands, and one that has no secret yet."""
    made = await call(visit, "PUT", "connections/our-events", {"kind": "cdevents"})
    await call(visit, "PUT", "connections/our-pager", {"kind": "pagerduty"})
    event = {"specversion": "1.0", "id": "1", "source": "/elsewhere", "type": "com.example.thing.done", "data": {}}
    headers = {"Authorization": f"Bearer {made['secret']}", "Content-Type": "application/cloudevents+json"}
    answer = await visit.http.post("/api/v1/intake/our-events", content=json.dumps(event), headers=headers)
    assert answer.status_code == 202, answer.text


async def call(visit: Visit, method: str, path: str, body: object) -> Any:
    """The API of measurement."""
    answer = await visit.http.request(method, f"/api/v1/measurement/{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


def open_incident(visit: Visit, title: str, number: int = 0) -> Incident:
    """Something goes wrong in the shop just now."""
    place = Place(service=ServiceName("shop"), environment=PRODUCTION)
    at = visit.house.clock.now() - timedelta(minutes=12 + number)
    return Incident(id=FactId(f"told/{number}"), place=place, title=title, detected_at=at, severity="1")


def deployed_now(visit: Visit) -> tuple[Fact, ...]:
    """Something new was published and put into production this very moment."""
    at, digest, commit = visit.house.clock.now(), "sha256:new", CommitId("9" * 40)
    place = Place(service=ServiceName("shop"), environment=PRODUCTION)
    repository = RepositoryName("shop")
    made = Publication(
        id=FactId("told/made"),
        service=place.service,
        repository=repository,
        commit=commit,
        digest=digest,
        version="9.9",
        at=at,
        provenance=True,
    )
    deployment = Deployment(
        id=FactId("told/deployed"),
        place=place,
        repository=repository,
        commit=commit,
        digest=digest,
        version="9.9",
        finished_at=at,
    )
    return made, deployment
