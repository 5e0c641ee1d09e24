"""A change's journey, told by its chain."""

from __future__ import annotations

from andon.kernel.ids import chain_of
from andon.line.journey import Journey, journey
from andon.line.journey_picture import LEFT, WIDTH, picture
from tests.line.story import NOW, PRODUCTION, TEST, Piece, Story, ago, morning
from tests.line.test_board import envelopes


def told(piece: Piece) -> Journey:
    """The journey of a piece of a story."""
    chain = chain_of(piece.repository, piece.commit)  # type: ignore[arg-type]  # a story uses plain names
    history = tuple(envelope for envelope in envelopes(piece.story.told) if envelope.chain == chain)
    return journey(piece.repository, piece.commit, history)


def fresh(subject: str = "Fix it") -> Piece:
    """A piece of a new story."""
    story = Story()
    story.inits(("shop",))
    return Piece(story, "shop", subject, "Ada", 1, "1.1", ago(minutes=10))


def test_work_and_waiting_are_told_apart() -> None:
    """Tasks and rollouts are work; queues and offers are waiting."""
    piece = fresh().green().requested(TEST).rolls(TEST, "blue").offered(PRODUCTION)
    kinds = {leg.name: leg.kind for leg in told(piece).legs}
    assert kinds["unit"] == kinds["into test"] == "work"
    assert kinds["run 1 in the queue"] == kinds["waits for promotion into production"] == "wait"
    assert kinds["landed on trunk"] == "moment"


def test_a_leg_is_as_long_as_it_took() -> None:
    """The table has the true lengths."""
    legs = {leg.name: leg for leg in told(fresh().green()).legs}
    assert round(legs["unit"].length(NOW).total_seconds(), 1) == 3.1


def test_an_open_leg_lasts_until_now() -> None:
    """What goes on has no end yet, and the journey says that it is on its way."""
    so_far = told(fresh().lands().reads().starts("unit"))
    leg = next(leg for leg in so_far.legs if leg.name == "unit")
    assert leg.end is None
    assert so_far.state == "running"
    assert leg.length(NOW) == NOW - leg.begin


def test_it_knows_what_it_became() -> None:
    """Run, artifact and places, each with its state."""
    done = told(fresh().green().requested(TEST).rolls(TEST, "blue").offered(PRODUCTION))
    assert done.runs == (1,)
    assert done.artifact is not None
    assert [(environment, state) for environment, _, state, _ in done.places] == [
        ("test", "success"),
        ("production", "waiting"),
    ]
    assert done.state == "waiting"


def test_a_failure_is_where_it_ended() -> None:
    """A promotion that failed ends the journey with its phase and reason."""
    piece = fresh().green().requested(TEST).rolls(TEST, "blue", until="ready").fails(TEST, "GET / answered 500")
    failed = told(piece)
    assert failed.state == "failure"
    assert failed.legs[-1].outcome == "GET / answered 500"


def test_a_red_task_stops_it_even_when_another_ends_later() -> None:
    """Tasks run beside each other: the verdict does not depend on which one began last."""
    piece = fresh().lands().reads().starts("unit").starts("lint").ends("unit", 1, failed=("test_a",)).ends("lint", 1)
    stopped = told(piece.finishes(None, "unit: 1 test failed"))
    assert stopped.state == "failure"
    assert stopped.stopped_by is not None
    assert stopped.stopped_by.name == "unit"


def test_a_run_that_could_not_begin_is_what_stopped_it() -> None:
    """A pipeline file that is wrong; not the queue, in which the run only waited."""
    stopped = told(fresh().lands().finishes(None, "andon.toml:14:1: unknown key"))
    assert stopped.stopped_by is not None
    assert (stopped.stopped_by.name, stopped.stopped_by.outcome) == ("run 1", "andon.toml:14:1: unknown key")
    assert stopped.legs[-2].state == "success"


def test_what_was_done_again_with_success_stops_nothing() -> None:
    """A second promotion that is verified outweighs the first that failed."""
    piece = fresh().green().requested(TEST).rolls(TEST, "blue", until="ready").fails(TEST, "GET / answered 500")
    piece.promotion = 2
    assert told(piece.requested(TEST).rolls(TEST, "green")).state == "success"


def test_refusals_belong_to_the_journey() -> None:
    """What a rule said no to, to whom, and what to do instead."""
    story = Story(list(morning()))
    piece = Piece(story, "shop", "Fix rounding of totals", "Ada", 812, "2.14", NOW)
    (refusal,) = told(piece).refusals
    assert (refusal.actor, refusal.rule) == ("linus", "same-artifact")


def test_the_picture_keeps_every_leg_inside_its_frame() -> None:
    """Bars stand in time's order between the names and the edge, none invisible."""
    drawn = picture(told(fresh().green().requested(TEST).rolls(TEST, "blue").offered(PRODUCTION)), NOW)
    assert [bar.x for bar in drawn.bars] == sorted(bar.x for bar in drawn.bars)
    assert all(bar.x >= LEFT and bar.x + bar.width <= WIDTH for bar in drawn.bars)
    assert all(bar.width >= 3 for bar in drawn.bars)
