"""How soon the pages of measurement are there, on a server whose ledger holds a busy year of eight services.

100,000 commits, 20,000 deployments, 500 incidents. Each page is asked questions that nobody asked before (another
window every time), and then the same one again; the control is the login page, which asks nothing.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from tests.tools.measurement.year import facts
from tests.tools.measurement.year_shape import BUSY

from andon.engine.codec import Codec
from andon.engine.flow import CURSOR
from andon.kernel.envelope import Draft
from andon.kernel.ids import NO_CHAIN, Actor, EventId, StreamId
from andon.ledger.opening import open_ledger
from andon.tools.measurement.events import EVENTS, FactsReceived
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Deployment,
    Fact,
    Flip,
    Incident,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
)
from bench._server import Server, median_ms, running

ROUNDS = 15
AT_ONCE = 500  #: facts of one entry
INTAKE = StreamId("intake/year")
FIELDS: dict[type, str] = {
    Commit: "commits",
    Deployment: "deployments",
    Incident: "incidents",
    Change: "changes",
    Run: "runs",
    Publication: "publications",
    PromotionOffer: "offers",
    Flip: "flips",
    SecurityFinding: "findings",
    RuleRefusal: "refusals",
}
PAGES = {
    "numbers": "/numbers?",
    "place": "/numbers?service=shop&",
    "evidence": "/numbers/evidence?service=shop&metric=change-lead-time&",
    "value_stream": "/value-stream?service=shop&",
    "flow": "/flow?service=shop&",
    "overlay": "/overlay?service=shop&",
    "wall": "/wall?service=shop&",
    "availability": "/availability?service=shop&",
    "kaizen": "/kaizen?",
    "sources": "/sources?",
    "data": "/data?",
}

T = TypeVar("T")


async def write_year(data: Path, now: datetime) -> int:
    """Put the year into a new ledger, as imports would have; how many facts there are."""
    ledger = await open_ledger(f"sqlite:///{data / 'ledger.db'}")
    codec = Codec(EVENTS)
    count = position = 0
    for part in parts(facts(replace(BUSY, end=now)), AT_ONCE):
        name, schema, encoded = codec.encode(told(part))
        draft = Draft(
            id=EventId(f"year-{position}"),
            stream=INTAKE,
            expected=position,
            type=name,
            schema=schema,
            at=now,
            actor=Actor("bench"),
            cause=None,
            chain=NO_CHAIN,
            data=encoded,
        )
        await ledger.append((draft,))
        count, position = count + len(part), position + 1
    await ledger.append((), {CURSOR: position})
    await ledger.close()
    return count


def told(part: tuple[Fact, ...]) -> FactsReceived:
    """Those facts as one part of a file."""
    by_kind: dict[str, list[Fact]] = {}
    for fact in part:
        by_kind.setdefault(FIELDS[type(fact)], []).append(fact)
    return FactsReceived(connection="year", **{field: tuple(found) for field, found in by_kind.items()})  # type: ignore[arg-type]


def parts(things: Iterator[T], size: int) -> Iterator[tuple[T, ...]]:
    """So many at a time."""
    while part := tuple(islice(things, size)):
        yield part


def asked_s(server: Server, address: str) -> float:
    """Seconds of one asking."""
    began = time.perf_counter()
    answer = server.client.get(address, headers={"accept": "text/html"})
    took = time.perf_counter() - began
    assert answer.status_code == 200, (address, answer.status_code, answer.text[:300])
    return took


def main() -> None:
    """All pages."""
    now = datetime.fromtimestamp(time.time(), UTC)
    with tempfile.TemporaryDirectory(prefix="andon-bench-", dir=Path.cwd()) as temporary:
        place = Path(temporary)
        (place / "data").mkdir()
        known = asyncio.run(write_year(place / "data", now))
        with running(place) as server:
            figures: dict[str, float] = {"login_ms": median_ms(asked_s(server, "/login") for _ in range(ROUNDS))}
            for name, address in PAGES.items():
                asked_s(server, address)
                days = [f"from={now - timedelta(days=90, hours=turn + 1):%Y-%m-%dT%H:00}" for turn in range(ROUNDS)]
                figures[f"{name}_ms"] = median_ms(asked_s(server, address + day) for day in days)
                figures[f"{name}_again_ms"] = median_ms(asked_s(server, address + days[0]) for _ in days)
                print(name, figures[f"{name}_ms"], figures[f"{name}_again_ms"], file=sys.stderr)
            slowest = max(value for name, value in figures.items() if name.endswith("_ms"))
            more = {"start_s": round(server.started_in, 2), "rss_mib": round(server.rss_mib(), 1)}
            print(json.dumps({"bench": "measurement_pages", "facts": known, "slowest_ms": slowest, **figures, **more}))


if __name__ == "__main__":
    main()
