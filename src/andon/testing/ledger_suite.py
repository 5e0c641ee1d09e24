"""What every ledger must do: the behaviours in LEDGER_SUITE, each run with a way to open one and the same store."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

from andon.kernel.envelope import Draft, Entry
from andon.kernel.errors import AndonError, Invalid, PortError
from andon.kernel.ids import Actor, ChainId, EventId, StreamId
from andon.ledger.ledger import EMPTY, Conflict, Ledger, LedgerHead
from andon.testing.waiting import until

#: opens the same store each time, empty at first; whoever gives it closes what it opened
Opened = Callable[[], Awaitable[Ledger]]
Behaviour = Callable[[Opened], Awaitable[None]]

NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
#: from an append's return to its arrival at a follower, over a few of them
WOKEN_WITHIN = timedelta(milliseconds=20)


def draft(
    key: str = "run/1", expected: int = 0, *, chain: str = "shop@a81f", type_: str = "pipelines.RunQueued"
) -> Draft:
    """A draft that can be appended; its id follows from its place."""
    return Draft(
        id=EventId(f"{key}#{expected}"),
        stream=StreamId(key),
        expected=expected,
        type=type_,
        schema=1,
        at=NOON,
        actor=Actor("ada"),
        cause=None,
        chain=ChainId(chain),
        data=b'{"number":1}',
    )


async def refusal(awaited: Awaitable[object]) -> AndonError:
    """The error of what must fail."""
    try:
        await awaited
    except AndonError as error:
        return error
    raise AssertionError("it was expected to fail")


async def an_empty_ledger_has_nothing(opened: Opened) -> None:
    """An empty ledger has no entries, no cursors, and verifies."""
    ledger = await opened()
    assert await ledger.read() == ()
    assert await ledger.head() == EMPTY
    assert await ledger.cursor("flow") == 0
    assert (await ledger.verify()).ok
    assert await ledger.append(()) == ()


async def entries_come_back_as_appended(opened: Opened) -> None:
    """What append returns is what read returns, field by field, also after opening again."""
    ledger = await opened()
    vienna = timezone(timedelta(hours=2))
    odd = replace(draft("run/1", 1), cause=EventId("run/1#0"), data=b"\x00\xff'\"", actor=Actor("Ádá 🙂"))
    appended = await ledger.append((draft("run/1", 0), replace(odd, at=NOON.astimezone(vienna))))
    assert appended == await ledger.read() == await (await opened()).read()
    assert [(entry.position, entry.sequence) for entry in appended] == [(1, 1), (2, 2)]
    last = appended[1]
    assert (last.cause, last.data, last.actor, last.at) == (odd.cause, odd.data, odd.actor, NOON)
    assert last.at.tzinfo is UTC
    assert await ledger.head() == LedgerHead(position=2, hash=last.hash)


async def a_stale_append_is_refused_whole(opened: Opened) -> None:
    """An append that expects another length stores nothing, not even its fitting drafts and cursors; no gap stays."""
    ledger = await opened()
    await ledger.append((draft("run/1", 0),))
    conflict = await refusal(ledger.append((draft("run/2", 0), draft("run/1", 0)), {"flow": 7}))
    assert isinstance(conflict, Conflict)
    assert (conflict.stream, conflict.expected, conflict.actual) == ("run/1", 0, 1)
    assert isinstance(await refusal(ledger.append((draft("run/3", 2),))), Conflict)
    assert await ledger.cursor("flow") == 0
    (entry,) = await ledger.append((draft("run/2", 0),))
    assert entry.position == 2


async def drafts_of_one_append_count_up(opened: Opened) -> None:
    """Several drafts on one stream in one append follow one another, mixed with other streams."""
    ledger = await opened()
    entries = await ledger.append((draft("a/1", 0), draft("b/1", 0), draft("a/1", 1), draft("a/1", 2)))
    assert [entry.sequence for entry in entries] == [1, 1, 2, 3]
    assert isinstance(await refusal(ledger.append((draft("a/1", 3), draft("a/1", 3)))), Invalid)
    assert len(await ledger.read()) == 4


async def cursors_move_with_entries(opened: Opened) -> None:
    """A cursor is stored in the transaction of its append, can move without entries, and outlives the process."""
    ledger = await opened()
    await ledger.append((draft(),), {"flow": 1, "mail": 1})
    await ledger.append((), {"flow": 9})
    again = await opened()
    assert (await again.cursor("flow"), await again.cursor("mail")) == (9, 1)


async def one_of_many_wins_a_stream(opened: Opened) -> None:
    """Of appends that race for one place in one stream exactly one succeeds."""
    ledger, other = await opened(), await opened()
    drafts = [replace(draft(), id=EventId(f"racer-{number}")) for number in range(20)]
    racing = [(ledger, other)[number % 2].append((racer,)) for number, racer in enumerate(drafts)]
    results = await asyncio.gather(*racing, return_exceptions=True)
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 19


async def concurrent_appends_leave_no_gaps(opened: Opened) -> None:
    """Appends from two processes at once are all stored, whole, side by side, in one chain without gaps."""
    ledgers = (await opened(), await opened())
    appended = await asyncio.gather(
        *(ledgers[number % 2].append((draft(f"run/{number}", 0), draft(f"run/{number}", 1))) for number in range(100))
    )
    assert all(second.position == first.position + 1 for first, second in appended)
    assert [entry.position for entry in await ledgers[0].read()] == list(range(1, 201))
    proof = await ledgers[1].verify()
    assert (proof.ok, proof.entries) == (True, 200)


async def a_known_id_spoils_nobody(opened: Opened) -> None:
    """An id that is already in the ledger is invalid; appends committed beside it succeed."""
    ledger = await opened()
    await ledger.append((draft("run/1", 0),))
    twice = replace(draft("run/2", 0), id=EventId("run/1#0"))
    good = [ledger.append((draft(f"task/{number}", 0),)) for number in range(5)]
    results = await asyncio.gather(*good[:2], ledger.append((twice,)), *good[2:], return_exceptions=True)
    assert [type(result) for result in results] == [tuple, tuple, Invalid, tuple, tuple, tuple]
    assert (await ledger.verify()).entries == 6


async def unusable_drafts_are_invalid(opened: Opened) -> None:
    """A draft that a store could not keep is refused before it reaches one, with every problem."""
    ledger = await opened()
    unusable = replace(draft(), actor=Actor("a\0b"), at=NOON.replace(tzinfo=None), schema=0, stream=StreamId(""))
    error = await refusal(ledger.append((unusable,), {"": -1}))
    assert isinstance(error, Invalid)
    assert len(error.problems) == 5
    assert isinstance(await refusal(ledger.append((replace(draft(), chain=ChainId("\ud800")),))), Invalid)


async def readers_choose(opened: Opened) -> None:
    """Read narrows by position, stream, chain and type, from either end, up to a limit."""
    ledger = await opened()
    await ledger.append([draft("run/1", number, chain="shop@1") for number in range(3)])
    await ledger.append([draft(f"service/{number}", 0, chain="", type_="delivery.SlotReady") for number in range(3)])
    assert positions(await ledger.read(after=1, limit=2)) == [2, 3]
    assert positions(await ledger.read(after=1, before=4)) == [2, 3]
    assert positions(await ledger.read(newest_first=True, limit=2)) == [6, 5]
    assert positions(await ledger.read(stream=StreamId("run/1"), after=1)) == [2, 3]
    assert positions(await ledger.read(stream=StreamId("run/1"), newest_first=True, limit=2)) == [3, 2]
    assert positions(await ledger.read(chain=ChainId("shop@1"))) == [1, 2, 3]
    assert positions(await ledger.read(chain=ChainId("shop@2"))) == []
    assert positions(await ledger.read(type_prefix="delivery.")) == [4, 5, 6]
    assert positions(await ledger.read(type_prefix="Delivery.")) == []
    assert positions(await ledger.read(after=10**30)) == []
    assert positions(await ledger.read(after=-(10**30), before=10**30, limit=2)) == [1, 2]


def positions(entries: tuple[Entry, ...]) -> list[int]:
    """Where they stand."""
    return [entry.position for entry in entries]


async def followers_see_past_and_present(opened: Opened) -> None:
    """A follower gets everything after its position once and in order, also what another process appends."""
    ledger, other = await opened(), await opened()
    await ledger.append([draft("run/1", number) for number in range(2500)])
    seen: list[int] = []
    reading = asyncio.ensure_future(_collect(ledger, 1, seen))
    await until(lambda: len(seen) == 2499, what="the past")
    await ledger.append((draft("run/2", 0),))
    await other.append((draft("run/2", 1),))
    await until(lambda: len(seen) >= 2501, what="the present")
    await ledger.close()
    await asyncio.wait_for(reading, 5)
    assert seen == list(range(2, 2503))


async def _collect(ledger: Ledger, after: int, seen: list[int]) -> None:
    async for batch in ledger.follow(after):
        seen.extend(positions(batch))


async def followers_are_woken_at_once(opened: Opened) -> None:
    """A commit reaches a follower in the same process, and one that only follows in another, within 20 ms."""
    writer, elsewhere = await opened(), await opened()
    for ledger in (writer, elsewhere):
        delay = await follow_delay(writer, ledger)
        assert delay < WOKEN_WITHIN, f"median {delay.total_seconds() * 1000:.1f} ms"


async def follow_delay(writer: Ledger, follower: Ledger, rounds: int = 21) -> timedelta:
    """Median time from an append's return to its arrival at the follower (0 when it arrives before)."""
    start = (await writer.head()).position
    arrived: dict[int, float] = {}

    async def listen() -> None:
        async with aclosing(follower.follow(start)) as batches:  # type: ignore[type-var]  # every follow is a generator
            async for batch in batches:
                arrived.update(dict.fromkeys(positions(batch), time.perf_counter()))

    listening = asyncio.ensure_future(listen())
    delays = []
    for number in range(rounds):
        (entry,) = await writer.append((draft(f"beat/{start}", number),))
        returned = time.perf_counter()
        await until(partial(arrived.__contains__, entry.position), what=f"entry {entry.position} at the follower")
        delays.append(max(0.0, arrived[entry.position] - returned))
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    return timedelta(seconds=statistics.median(delays))


async def a_kept_head_proves_the_tail(opened: Opened) -> None:
    """A head kept elsewhere verifies as long as the history still leads to it, and names what was cut off."""
    ledger = await opened()
    await ledger.append((draft("run/1", 0), draft("run/1", 1)))
    kept = await ledger.head()
    await ledger.append((draft("run/1", 2),))
    assert (await ledger.verify(kept)).ok
    beyond = await ledger.verify(LedgerHead(position=5, hash=kept.hash))
    assert (beyond.ok, beyond.position) == (False, 4)
    assert "Entries 4 to 5 are cut off" in beyond.problem
    assert beyond.remedy
    forged = await ledger.verify(LedgerHead(position=2, hash="f" * 64))
    assert (forged.ok, forged.position) == (False, 2)


async def a_closed_ledger_says_so(opened: Opened) -> None:
    """After close nothing is read or appended, and closing again is harmless; appends under way are finished."""
    ledger = await opened()
    under_way = asyncio.ensure_future(ledger.append((draft(),)))
    await asyncio.sleep(0)
    await ledger.close()
    await ledger.close()
    assert len(await under_way) == 1
    assert isinstance(await refusal(ledger.append((draft("run/1", 1),))), PortError)
    assert isinstance(await refusal(ledger.read()), PortError)
    assert len(await (await opened()).read()) == 1


async def a_cancelled_append_is_whole_or_absent(opened: Opened) -> None:
    """Who stops waiting for an append leaves a ledger that is whole and goes on."""
    ledger = await opened()
    waiting = [asyncio.ensure_future(ledger.append((draft(f"a/{n}", 0), draft(f"a/{n}", 1)))) for n in range(20)]
    await asyncio.sleep(0)
    for one in waiting[::2]:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await ledger.append((draft(),))
    proof = await ledger.verify()
    assert proof.ok
    assert proof.entries % 2 == 1
    assert proof.entries >= 21


LEDGER_SUITE: tuple[Behaviour, ...] = (
    an_empty_ledger_has_nothing,
    entries_come_back_as_appended,
    a_stale_append_is_refused_whole,
    drafts_of_one_append_count_up,
    cursors_move_with_entries,
    one_of_many_wins_a_stream,
    concurrent_appends_leave_no_gaps,
    a_known_id_spoils_nobody,
    unusable_drafts_are_invalid,
    readers_choose,
    followers_see_past_and_present,
    followers_are_woken_at_once,
    a_kept_head_proves_the_tail,
    a_closed_ledger_says_so,
    a_cancelled_append_is_whole_or_absent,
)
