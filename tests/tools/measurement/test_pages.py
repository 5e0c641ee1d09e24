"""The pages of measurement over HTTP, of a whole server that knows a year: what they show, link to, and refuse."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from anyio import to_thread

from andon.testing.waiting import until
from andon.tools.measurement.adapters.commits_git.repositories import GitCommitReader
from andon.tools.measurement.commands import measure as commands
from andon.tools.measurement.people import Improvements
from andon.tools.measurement.report.about.subjects import Subject
from tests.terminals import screen
from tests.tools.measurement import telling_people
from tests.tools.measurement.measured_house import Visit, measured_house
from tests.tools.measurement.year_shape import Shape

pytestmark = pytest.mark.anyio

YEAR = Shape(services=("shop", "billing", "catalogue"), changes=80)
ADDRESSES = (
    "/numbers",
    "/numbers?service=shop",
    "/numbers?service=shop&environment=test&as=devlake",
    "/numbers/evidence?service=shop&metric=change-lead-time",
    "/numbers/evidence?service=shop&metric=change-lead-time&excluded=1",
    "/value-stream",
    "/flow?service=shop&items=20&weeks=6",
    "/overlay?service=shop",
    "/overlay?service=shop&over=fed/orders",
    "/wall?service=shop",
    "/kaizen",
    "/sources",
    "/data",
)
#: bytes: no answer about a year is as long
MOST = 800_000
EMPTY = ("/numbers", "/value-stream", "/flow", "/overlay", "/wall", "/kaizen", "/sources", "/data")


@pytest.fixture(scope="module")
async def visit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """A server that knows a year of three services, and what people said in it; tests only add to that."""
    async with measured_house(tmp_path_factory.mktemp("year"), YEAR) as visit:
        await telling_people.everything(visit)
        yield visit


async def test_every_page_begins_with_one_sentence(visit: Visit) -> None:
    """The lamp first: one heading of the first order with a lamp before it, inside the row of measurement."""
    for address in ADDRESSES:
        text = await visit.page(address)
        assert text.count("<h1") == 1, address
        assert text.index('class="lamp') < text.index("<h1"), address
        assert 'aria-current="page"' in text, address


async def test_no_link_is_dead(visit: Visit) -> None:
    """Go and see: whatever a page links to on this server is there."""
    links: set[str] = set()
    for address in ADDRESSES:
        links |= {unescape(found) for found in re.findall(r'href="(/[^"]*)"', await visit.page(address))}
    wanted = sorted({link.partition("#")[0] for link in links if not link.startswith("/static/")})
    answers = {link: (await visit.http.get(link)).status_code for link in wanted}
    assert {link: code for link, code in answers.items() if code != 200} == {}


async def test_an_empty_server_says_what_to_do_next(tmp_path: Path) -> None:
    """Every page names the next step, with the command."""
    async with measured_house(tmp_path) as visit:
        for address in EMPTY:
            assert "andon " in re.sub(r"<(script|style)[^>]*>.*?</\1>", "", await visit.page(address)), address


async def test_a_number_stands_with_definition_sample_and_evidence(visit: Visit) -> None:
    """Seven numbers, each with how it is counted, from how many, and the way to the rows."""
    text = await visit.page("/numbers?service=shop")
    assert text.count("How it is counted") == 7
    assert text.count("Go and see:") == 7
    assert text.count("<figure") == 7
    assert "(95 %)" in text
    assert re.search(r"from [\d,]+ commits", text)


async def test_the_same_facts_are_shown_by_every_definition(visit: Visit) -> None:
    """How far the definitions lie apart is on the page, and each is one click away."""
    text = await visit.page("/numbers?service=shop")
    table = text[text.index("counted in other ways") :]
    for name in ("devlake", "datadog", "gitlab"):
        assert f"as={name}" in table
    assert 'value="devlake" selected' in await visit.page("/numbers?service=shop&as=devlake")


async def test_evidence_is_paged_and_complete(visit: Visit) -> None:
    """What was counted, page after page, is as much as the number says; what was left out says why."""
    address = "/numbers/evidence?service=shop&metric=change-lead-time&from=2020-01-01"
    text = await visit.page(address)
    total = int(re.search(r"of ([\d,]+)</span>", text)[1].replace(",", ""))  # type: ignore[index]  # it is there
    rows, following = 0, True
    while following:
        rows += text.count('<tr>\n    <th scope="row"')
        later = re.search(r'href="([^"]+)">Later rows', text)
        following = later is not None
        text = await visit.page(unescape(later[1])) if later else text
    assert rows == total
    assert "left out" in text


async def test_a_choice_goes_with_the_reader(visit: Visit) -> None:
    """Service, time and definition are kept in every link of the second row."""
    text = await visit.page("/numbers?service=shop&from=2020-01-01&as=devlake")
    for room in ("/flow", "/overlay", "/wall", "/value-stream"):
        assert f'href="{room}?service=shop&amp;from=2020-01-01&amp;as=devlake"' in text


async def test_yesterday_is_as_it_was(visit: Visit) -> None:
    """As of a day before everything there is no data, and no data is never 0."""
    text = await visit.page("/numbers?service=shop&as_of=2001-01-01&from=2000-01-01&to=2001-01-01")
    assert text.count("no data</span>") >= 5


@pytest.mark.parametrize(
    "days",
    [
        "from=1970-01-02&to=2999-12-31",
        "from=2990-01-01&to=2999-12-31",
        "from=1970-01-02&to=1970-02-02",
        "as_of=1980-01-01",
        "as_of=2990-01-01&from=1975-01-01",
    ],
)
async def test_a_time_of_which_nothing_is_known_is_answered_all_the_same(visit: Visit, days: str) -> None:
    """Whatever days are asked for: no page and no answer is an error, or as long as the time is."""
    pages = ("numbers", "flow", "value-stream", "overlay", "wall", "availability")
    answers = ("overview", "numbers", "value-stream", "flow", "waste", "cost", "overlay", "wall", "availability")
    addresses = (*(f"/{page}" for page in pages), *(f"/api/v1/measurement/{answer}" for answer in answers))
    sizes = {}
    for address in addresses:
        for definition in ("dora", "devlake"):
            sizes[address] = len(await visit.page(f"{address}?service=shop&as={definition}&{days}"))
    assert not {address: size for address, size in sizes.items() if size > MOST}


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("/numbers?service=shopp", 404, "Did you mean"),
        ("/numbers?from=yesterday", 400, "Write 2026-01-31"),
        ("/numbers?from=2026-02-01&to=2026-01-01", 400, "Exchange the two"),
        ("/numbers?service=shop&as=dorra", 400, "Did you mean"),
        ("/numbers/evidence?service=shop&metric=lead-time", 400, "is no number that is measured here"),
        ("/numbers/evidence?metric=change-lead-time", 404, "about one service"),
        ("/numbers/evidence?service=shop&metric=change-lead-time&excluded=99", 404, "leaves things out for"),
        ("/flow?service=shop&weeks=many", 400, "whole number"),
        ("/flow?service=shop&items=999999", 400, "Ask for"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_words(visit: Visit, address: str, code: int, words: str) -> None:
    """With the next step."""
    answer = await visit.http.get(address)
    assert answer.status_code == code
    assert words in unescape(answer.text)


async def test_an_open_incident_lights_the_lamp(tmp_path: Path) -> None:
    """Red, with the incident's name as it was written and not as markup, on the numbers and on the overlay."""
    async with measured_house(tmp_path, Shape(services=("shop",), changes=20)) as visit:
        visit.tell((telling_people.open_incident(visit, "Carts are <script>alert(1)</script>"),))
        for address in ("/numbers?service=shop", "/overlay?service=shop"):
            text = await visit.page(address)
            assert 'class="lamp red"' in text
            assert "Open: “Carts are &lt;script&gt;alert(1)" in text
            assert "<script>alert(1)" not in text


async def test_suspects_say_whether_somebody_named_them(visit: Visit) -> None:
    """What is explicit comes before what is inferred, and each says so."""
    text = await visit.page("/overlay?service=shop&from=2020-01-01")
    assert "explicit: " in text
    assert "inferred: deployed shortly before" in text


async def test_many_incidents_are_paged(tmp_path: Path) -> None:
    """Twenty on a page, the newest first; all of them are reached."""
    async with measured_house(tmp_path, Shape(services=("shop",), changes=20)) as visit:
        visit.tell(telling_people.open_incident(visit, f"Number {number}", number) for number in range(45))
        first = await visit.page("/overlay?service=shop")
        assert "1 to 20 of" in first
        later = re.search(r'href="([^"]+)">Older incidents', first)
        assert later
        assert "21 to 40 of" in await visit.page(unescape(later[1]).partition("#")[0])


async def test_a_number_of_the_business_lies_under_deployments(visit: Visit) -> None:
    """What was fed in is one of the numbers to look at."""
    text = await visit.page("/overlay?service=shop&over=fed/orders")
    assert re.search(r'over=fed%2Forders"[^>]*aria-current="true"', text)
    assert "orders" in text[text.index("<figure") :]


async def test_an_improvement_goes_round(visit: Visit) -> None:
    """Plan, do, check, act by forms; what was learned stays on the page."""
    planned = await visit.post("/kaizen", {**telling_people.PLANS[0], "environment": "production"})
    number = int(planned.removeprefix("/kaizen#improvement-"))
    assert await visit.post(f"/kaizen/{number}/do", {}) == planned
    assert "being done" in await visit.page("/kaizen")
    early = await visit.http.post(f"/kaizen/{number}/keep", data={"learned": "It feels better."})
    assert early.status_code == 409
    await visit.post(f"/kaizen/{number}/check", {})
    phase = visit.house.views[Improvements].one
    await until(lambda: phase(number).phase == "checked", what="the number to be measured")
    assert "waits for a decision" in await visit.page("/kaizen")
    await visit.post(f"/kaizen/{number}/keep", {"learned": "Reviewers were asleep."})
    assert "Reviewers were asleep." in await visit.page("/kaizen")
    assert (await visit.http.post(f"/kaizen/{number}/drop", data={"learned": "Twice."})).status_code == 409
    assert (await visit.http.post(f"/kaizen/{number}/dance", data={})).status_code == 404


async def test_an_aim_must_be_one(visit: Visit) -> None:
    """A number that is there already, a day that is over, a value of another kind."""
    plan = {**telling_people.PLANS[0], "environment": "production"}
    for wrong, words in (({"by": "2001-01-01"}, "that day is over"), ({"target": "5 %"}, "is no value of this number")):
        answer = await visit.http.post("/kaizen", data={**plan, **wrong})
        assert answer.status_code == 400
        assert words in answer.text


async def test_the_pulse_is_answered_without_a_name(visit: Visit) -> None:
    """A single answer is only counted; an answer that is none is refused."""
    assert await visit.post("/kaizen/pulse", {"score": "4"}) == "/kaizen#pulse"
    assert "1 answer this week." in await visit.page("/kaizen")
    newest = (await visit.house.ledger.read(newest_first=True, limit=1))[0]
    assert newest.actor == "andon/pulse"
    assert (await visit.http.post("/kaizen/pulse", data={"score": "6"})).status_code == 400


async def test_sources_say_who_tells_what(visit: Visit) -> None:
    """The last delivery, what was kept unread, and what has no secret yet with the command that sets one."""
    text = await visit.page("/sources")
    assert "our-events" in text
    assert "com.example.thing.done" in text
    assert "andon connect secret our-pager" in text
    assert "/api/v1/intake/our-events" in text


async def test_the_wall_knows_what_was_deployed_just_now(tmp_path: Path) -> None:
    """What is seconds old counts already, with the artifact behind it."""
    async with measured_house(tmp_path, Shape(services=("shop",), changes=20)) as visit:
        visit.tell(telling_people.deployed_now(visit))
        text = await visit.page("/wall?service=shop")
        assert "shop 9.9 has run in production for" in text


@pytest.mark.parametrize(
    ("address", "about"), [("/value-stream", "stream"), ("/flow", "flow"), ("/overlay", "overlay"), ("/wall", "wall")]
)
async def test_a_terminal_says_what_a_page_says(visit: Visit, address: str, about: Subject) -> None:
    """The page names the command, and the command begins with the page's sentence."""
    text = unescape(await visit.page(f"{address}?service=shop"))
    assert f"andon measure --about {about} --service shop" in text
    sentence = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    assert sentence
    shown = screen(url=visit.base, token=visit.headers["Authorization"].removeprefix("Bearer "), width=1000)
    asked, wanted = commands.MeasureOptions(service="shop"), commands.ReportOptions(about=about)
    ask = partial(commands.measure, asked=asked, shown=wanted, session=shown.session, commits=GitCommitReader(""))
    await to_thread.run_sync(ask)
    shown.session.api.close()
    first = shown.text.split("\n")[1]
    assert first.split()[1:3] == re.sub(r"<[^>]+>", "", sentence[1]).split()[:2]
