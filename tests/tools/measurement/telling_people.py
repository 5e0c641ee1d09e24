"""What people said in the year: improvements in every phase, and some weeks of the pulse."""

from __future__ import annotations

from tests.tools.measurement.measured_house import Visit

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
        "title": "Smoke the payment page before traffic shifts",
        "because": "Half of the failures were seen on that page first.",
        "metric": "change-fail-rate",
        "service": "billing",
        "target": "1 %",
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


async def plan_all(visit: Visit) -> None:
    """The first is only planned, the second is being done, the third was dropped."""
    for plan in PLANS:
        answer = await visit.http.post("/kaizen", data={**plan, "environment": "production"})
        assert answer.status_code == 303, answer.text
    for number, act, learned in ((2, "do", ""), (3, "do", ""), (3, "drop", "The batches were small already.")):
        answer = await visit.http.post(f"/kaizen/{number}/{act}", data={"learned": learned})
        assert answer.status_code == 303, answer.text
