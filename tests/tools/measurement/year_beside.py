"""What happens beside the way to production: flags, weaknesses found, rules that said no, trouble from elsewhere."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from andon.kernel.ids import RepositoryName, ServiceName
from andon.tools.measurement.model.facts import Fact, FactId, Flip, Incident, Place, RuleRefusal, SecurityFinding
from tests.tools.measurement.year_shape import FLAGS, PRODUCTION, RULES, Shape

DAYS_APART = 9


def beside(shape: Shape, name: str, dice: random.Random) -> Iterator[Fact]:
    """Of one service, through the year."""
    begin = shape.end - timedelta(days=shape.days)
    place = Place(service=ServiceName(name), environment=PRODUCTION)
    for turn in range(max(shape.days // DAYS_APART, 1)):
        at = begin + timedelta(days=DAYS_APART * turn + dice.random() * 8)
        what = dice.choice(("on for 5 %", "on for 50 %", "on for everybody", "off"))
        id_ = FactId(f"year/{name}/flip/{turn}")
        yield Flip(id=id_, place=place, flag=dice.choice(FLAGS), what=what, at=at, by="grace")
        if turn % 3 == 0:
            yield finding(shape, name, dice, at)
            no = FactId(f"year/{name}/refusal/{turn}")
            yield RuleRefusal(id=no, rule=dice.choice(RULES), what=f"promote {name}", by="linus", at=at)
        if turn % 8 == 0:
            yield outage(place, dice, at + timedelta(hours=dice.uniform(3, 60)))


def finding(shape: Shape, name: str, dice: random.Random, at: datetime) -> SecurityFinding:
    """A weakness, fixed after some days, or not yet."""
    fixed = at + timedelta(days=dice.lognormvariate(2.2, 0.8))
    return SecurityFinding(
        id=FactId(f"year/{name}/finding/{at:%Y%m%d}"),
        repository=RepositoryName(name),
        title=f"A library of {name} reads beyond its buffer",
        severity=dice.choice(("low", "medium", "high")),
        opened_at=at,
        fixed_at=fixed if fixed < shape.end else None,
    )


def outage(place: Place, dice: random.Random, at: datetime) -> Incident:
    """An incident that no deployment caused."""
    return Incident(
        id=FactId(f"year/{place.service}/outage/{at:%Y%m%d}"),
        place=place,
        title=f"The network before {place.service} was down",
        detected_at=at,
        resolved_at=at + timedelta(minutes=dice.lognormvariate(3.4, 0.6)),
        severity="2",
    )
