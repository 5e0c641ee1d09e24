"""The pages over HTTP: what they show, what they refuse, what they send again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest

from andon.kernel.ids import BranchName, CommitId, RepositoryName, stream
from andon.testing.installation import NO_CERTIFICATES
from andon.testing.serving import serving
from andon.tools.source.events import BranchPushed
from andon.web.pages import LOCALLY
from tests.line.histories import landed_commit
from tests.line.story import NOW, Story, hexed, morning
from tests.web.house import ADA, House, build, nobody

pytestmark = pytest.mark.anyio

COMMIT = hexed("shopFix rounding of totals", 40)
HTML = {"Accept": "text/html"}
ADDRESSES = (
    "/",
    f"/changes/shop/{COMMIT}",
    "/runs",
    "/runs/812",
    "/runs/812/unit",
    "/artifacts",
    "/artifacts/shop",
    "/artifacts/shop/2.14",
    "/environments",
    "/environments/test",
    "/environments/production/shop",
    "/services",
    "/services/shop",
    "/repositories",
    "/repositories/shop",
    "/accounts",
    "/secrets",
    "/storage",
    "/ledger",
    "/ledger/1",
    "/rules",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A house and somebody who asks it."""

    house: House
    http: httpx2.AsyncClient


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    """A morning on the line, with production stopped."""
    house = await build(tmp_path, morning(stopped=True))
    async with (
        serving(house.door) as base,
        httpx2.AsyncClient(base_url=base, headers=HTML, timeout=10, verify=NO_CERTIFICATES) as http,
    ):
        yield Visit(house=house, http=http)
        house.live.close()
    await house.close()


async def test_every_page_is_there(visit: Visit) -> None:
    """How fast is measured by the benchmarks, beside a control; here each one answers."""
    for address in ADDRESSES:
        answer = await visit.http.get(address)
        assert answer.status_code == 200, answer.text


async def test_every_page_begins_with_one_sentence(visit: Visit) -> None:
    """The lamp first: one heading of the first order, with a lamp before it."""
    for address in ADDRESSES:
        text = (await visit.http.get(address)).text
        assert text.count("<h1") == 1, address
        assert text.index('class="lamp') < text.index("<h1"), address


async def test_no_link_is_dead(visit: Visit) -> None:
    """Go and see: whatever a page links to is there."""
    links: set[str] = set()
    for address in ADDRESSES:
        text = (await visit.http.get(address)).text
        links |= {part.split('"', 1)[0].replace("&amp;", "&") for part in text.split('href="/')[1:]}
    wanted = sorted(link for link in links if not link.startswith(("static/", "api/")))
    answers = {link: (await visit.http.get(f"/{link}")).status_code for link in wanted}
    assert {link: code for link, code in answers.items() if code not in {200, 303}} == {}


async def test_a_page_that_asks_again_gets_its_live_part_only(visit: Visit) -> None:
    """Live updates carry what may have changed, not the frame around it."""
    whole = await visit.http.get("/runs/815")
    part = await visit.http.get("/runs/815", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="live"')
    assert "<html" not in part.text
    assert len(part.content) < len(whole.content)
    assert part.headers["Cache-Control"] == "no-store"
    assert whole.headers["Vary"] == "HX-Request"


async def test_the_page_listens_from_where_it_was_drawn(visit: Visit) -> None:
    """The stream begins at the ledger position that the page shows, and names the streams that concern it."""
    head = (await visit.house.ledger.head()).position
    assert f'hx-sse:connect="/events?after={head}&amp;of=run%2F815"' in (await visit.http.get("/runs/815")).text


async def test_the_stream_replays_from_the_last_event_id(visit: Visit) -> None:
    """A browser that was away says what it saw last, and gets the rest."""
    head = (await visit.house.ledger.head()).position
    async with visit.http.stream("GET", "/events", headers={"Last-Event-ID": str(head - 1)}) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        told = ""
        async for piece in answer.aiter_text():
            told += piece
            if "event: moved" in told:
                break
    assert f"id: {head}\n" in told
    assert f"id: {head - 2}\n" not in told


async def test_static_files_are_kept_for_ever_by_their_content(visit: Visit) -> None:
    """An address with the content's mark is immutable; any other is asked again, and 304 when nothing changed."""
    text = (await visit.http.get("/")).text
    address = "/static/" + text.split('href="/static/')[2].split('"')[0]
    first = await visit.http.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = await visit.http.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await visit.http.get("/static/old/andon.css")
    assert other.headers["Cache-Control"] == "no-cache"


async def test_the_policy_allows_nothing_inline(visit: Visit) -> None:
    """No inline script or style could run even if one slipped in."""
    policy = (await visit.http.get("/")).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


async def test_what_a_person_wrote_is_shown_as_they_wrote_it(visit: Visit) -> None:
    """Text from outside is never markup."""
    answer = await visit.http.get("/search", params={"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


async def test_the_first_digits_of_a_commit_are_enough(visit: Visit) -> None:
    """A short commit opens the change; an unknown one says so."""
    assert (await visit.http.get(f"/changes/shop/{COMMIT[:7]}")).status_code == 200
    missing = await visit.http.get("/changes/shop/0000000")
    assert missing.status_code == 404
    assert "No change begins with 0000000" in missing.text


async def test_a_search_with_one_answer_goes_there(visit: Visit) -> None:
    """A run's number, a commit's digits, a word of a subject, the name of an environment."""
    for words, address in (
        ("815", "/runs/815"),
        (COMMIT[:8], f"/changes/shop/{COMMIT}"),
        ("rounding", f"/changes/shop/{COMMIT}"),
        ("production", "/environments/production"),
        ("run 815", "/runs/815"),
        ("shop 2.14", "/artifacts/shop/2.14"),
    ):
        answer = await visit.http.get("/search", params={"q": words})
        assert (answer.status_code, answer.headers["Location"]) == (303, address)


async def test_a_search_finds_each_kind_of_thing(visit: Visit) -> None:
    """A name that several things share lists them all; a run that there is not is not offered."""
    text = (await visit.http.get("/search", params={"q": "shop"})).text
    for address in ("/services/shop", "/repositories/shop", "/artifacts/shop"):
        assert f'href="{address}"' in text
    assert "Nothing matches" in (await visit.http.get("/search", params={"q": "99999"})).text
    missed = (await visit.http.get("/search", params={"q": "produktion"})).text
    assert 'Did you mean <a class="linked" href="/environments/production">production</a>' in missed


async def test_a_search_tells_nobody_what_they_may_not_see(visit: Visit) -> None:
    """Accounts and pages for operators are found by those who may open them; rules by all."""
    visit.house.asker.who = nobody()
    assert "Nothing matches" in (await visit.http.get("/search", params={"q": "secrets"})).text
    answer = await visit.http.get("/search", params={"q": "freeze-window"})
    rule = await visit.http.get("/search", params={"q": "cord-pulled"})
    assert "Nothing matches" in answer.text
    assert (rule.status_code, rule.headers["Location"]) == (303, "/rules#cord-pulled")
    assert 'id="cord-pulled"' in (await visit.http.get("/rules")).text


async def test_services_say_what_serves_where_since_when(visit: Visit) -> None:
    """One row a service with each environment, and one page with who deployed it."""
    text = (await visit.http.get("/services")).text
    assert "/services/shop" in text
    assert "Production" in text
    one = (await visit.http.get("/services/shop")).text
    assert "/environments/production/shop" in one
    assert "Deployed by" in one
    for title, address in (("Changes", "/changes/shop/"), ("Runs", "/runs/8"), ("Versions", "/artifacts/shop/2.")):
        section = one.partition(f">{title}</a></h2>")[2].partition("</section>")[0]
        assert f'href="{address}' in section, title
    missing = await visit.http.get("/services/shpo")
    assert missing.status_code == 404
    assert "shop" in missing.text


async def test_the_ledger_can_be_narrowed(visit: Visit) -> None:
    """By stream, by type, by change; and each entry opens with its data and hash."""
    text = (await visit.http.get("/ledger", params={"stream": "run/813", "type": "pipelines.Task"})).text
    assert text.count("TaskFinished") == 2
    assert "RunQueued" not in text
    entry = (await visit.house.ledger.read(limit=1))[0]
    shown = (await visit.http.get("/ledger/1")).text
    assert entry.hash in shown
    assert "&#34;environments&#34;" in shown


async def test_the_ledger_says_that_it_grew_without_moving(visit: Visit) -> None:
    """New entries are offered, not pushed into what somebody reads."""
    part = (await visit.http.get("/ledger", headers={"HX-Request": "true"})).text
    assert "New entries: show them" in part
    assert "<table" not in part


async def test_the_cord_is_pulled_and_released_by_a_form(visit: Visit) -> None:
    """Both go through the desk and name who did it; pulling twice is refused in words."""
    form = {"scope": "line", "reason": "Smoke in the cellar."}
    assert (await visit.http.post("/cord/pull", data=form)).headers["Location"] == "/"
    assert "Smoke in the cellar." in (await visit.http.get("/")).text
    twice = await visit.http.post("/cord/pull", data=form)
    assert twice.status_code == 409
    assert "What to do next" in twice.text
    assert (await visit.http.post("/cord/release", data=form)).status_code == 303
    newest = (await visit.house.ledger.read(newest_first=True, limit=1))[0]
    assert (newest.type, newest.actor) == ("delivery.CordReleased", "ada")


async def test_whoever_may_push_pulls_the_cord_of_what_is_there(visit: Visit) -> None:
    """By the page as by the API; releasing it needs more, and what nobody knows is not stopped."""
    visit.house.asker.who = replace(ADA, permissions=frozenset({"read", "push"}))
    assert 'action="/cord/pull"' in (await visit.http.get("/")).text
    unknown = await visit.http.post("/cord/pull", data={"scope": "service/shpo", "reason": "Smoke."})
    assert (unknown.status_code, "shop" in unknown.text) == (404, True)
    assert (await visit.http.post("/cord/pull", data={"scope": "line", "reason": "Smoke."})).status_code == 303
    assert (await visit.http.post("/cord/release", data={"scope": "line", "reason": "Gone."})).status_code == 403


async def test_who_may_only_read_sees_no_button_and_is_refused(visit: Visit) -> None:
    """What one may not do is not offered, and does not work either."""
    visit.house.asker.who = replace(ADA, permissions=frozenset({"read"}))
    for address in ("/", "/environments/production/shop", "/runs/815"):
        text = (await visit.http.get(address)).text
        assert 'method="post"' not in text.replace('method="post" action="/logout"', "")
    answer = await visit.http.post("/environments/production/shop/promote", data={"version": "2.14"})
    assert answer.status_code == 403
    assert "You may not do this." in answer.text


async def test_every_action_shows_its_command(visit: Visit) -> None:
    """Everything that can be clicked has a command, and the page shows it."""
    service = (await visit.http.get("/environments/production/shop")).text
    assert "andon promote shop --env production --version 2.14" in service
    assert "andon cord release environment/production" in (await visit.http.get("/")).text
    assert "andon rollback shop --env test --version 2.13" in (await visit.http.get("/environments/test/shop")).text


async def test_an_empty_house_says_what_to_do_first(tmp_path: Path) -> None:
    """An empty page names the next step, with its command."""
    house = await build(tmp_path, ())
    async with (
        serving(house.door) as base,
        httpx2.AsyncClient(base_url=base, headers=HTML, verify=NO_CERTIFICATES) as http,
    ):
        for address in ("/", "/runs", "/artifacts", "/repositories", "/services"):
            text = (await http.get(address)).text
            assert f"andon init --url {LOCALLY}" in text.replace("&#34;", '"'), address
            assert "git push andon HEAD" in text, address
        for address in ("/artifacts", "/environments", "/environments/production", "/ledger"):
            assert (await http.get(address)).status_code == 200
    await house.close()


async def test_a_run_can_be_cancelled(visit: Visit) -> None:
    """The button's form reaches the run."""
    assert (await visit.http.post("/runs/815/cancel", data={"reason": "wrong commit"})).status_code == 303
    assert "Being cancelled: wrong commit" in (await visit.http.get("/runs/815")).text


async def test_a_service_is_removed_by_its_button(visit: Visit) -> None:
    """The page says what ends first; in one environment, and everywhere; nothing is left to remove then."""
    page = (await visit.http.get("/services/shop")).text
    assert "2.13 is drained and stopped in production" in page
    assert "andon service remove shop --yes" in page
    asked = await visit.http.post("/services/shop/remove", data={"environment": "production"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/environments/production/shop")
    page = (await visit.http.get("/services/shop")).text
    assert "is drained and stopped in test" in page
    assert "is drained and stopped in production" not in page
    assert (await visit.http.post("/services/shop/remove")).status_code == 303
    assert "andon service remove" not in (await visit.http.get("/services/shop")).text
    assert (await visit.http.post("/services/shop/remove")).status_code == 404


async def test_a_service_is_handed_over_by_its_button(visit: Visit) -> None:
    """To one of the other repositories, and the page names the new owner."""
    assert "<option>billing</option>" in (await visit.http.get("/services/shop")).text
    assert (await visit.http.post("/services/shop/transfer", data={"to": "billing"})).status_code == 303
    assert 'Only <a href="/repositories/billing">billing</a> publishes shop' in (
        (await visit.http.get("/services/shop")).text
    )


async def test_a_commit_that_waits_is_approved_by_its_button(visit: Visit) -> None:
    """Shown to operators who had no hand in it; whoever had is told who may."""
    page = (await visit.http.get("/repositories/shop")).text
    assert page.count("waits for approval") == 2
    assert page.count(">Approve ") == 1
    assert "You pushed or wrote it: another operator approves it." in page
    assert f"git push andon {hexed('vat-of-norway', 40)[:7]}:trunk" in page
    commit, story = CommitId(hexed("taxes-of-2027", 40)), Story()
    taxes = landed_commit(commit)
    pushed = BranchPushed(
        repository=RepositoryName("shop"), branch=BranchName("taxes"), before=None, after=commit, commits=(taxes,)
    )
    story.tell(NOW, stream("repository", "shop"), pushed, actor="grace")
    await visit.house.tell(story.told)
    assert (await visit.http.post("/repositories/shop/approve", data={"commit": commit})).status_code == 303
    assert "ChangeApproved" in (await visit.http.get("/ledger?stream=repository/shop")).text
    nothing = await visit.http.post("/repositories/shop/approve", data={"commit": hexed("nothing", 40)})
    assert nothing.status_code == 404


async def test_an_admin_sees_what_ends_with_a_repository(visit: Visit) -> None:
    """Archiving cancels runs; deleting has to wait while its service serves."""
    visit.house.asker.who = replace(ADA, permissions=ADA.permissions | {"admin"})
    page = (await visit.http.get("/repositories/shop")).text
    assert 'Cancelled: <a href="/runs/815">run 815</a>' in page
    assert "It cannot be deleted while" in page
    assert 'action="/repositories/shop/delete"' not in page


@pytest.mark.parametrize(
    "address",
    [
        "/services/shop/remove",
        "/services/shop/transfer",
        "/repositories/shop/approve",
        "/repositories/shop/archive",
        "/repositories/shop/delete",
    ],
)
async def test_whoever_may_not_take_away_has_no_button_and_is_refused(visit: Visit, address: str) -> None:
    """A reader reads."""
    visit.house.asker.who = nobody()
    shown = "".join([(await visit.http.get(page)).text for page in ("/services/shop", "/repositories/shop")])
    assert address not in shown
    answer = await visit.http.post(address, data={"to": "billing", "commit": "a" * 40, "because": "moved"})
    assert answer.status_code == 403
