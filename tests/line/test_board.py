"""The board, drawn from a morning's events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from andon.kernel.envelope import Envelope
from andon.kernel.ids import Actor, ArtifactName, EventId, RepositoryName, RunNumber, Version, stream
from andon.line.board import Board, Row, draw
from andon.line.changes import Changes
from andon.line.facts import Facts
from andon.tools.artifacts.events import ArtifactSuperseded
from andon.tools.delivery.events import CordPulled, CordReleased, RouteLost, RouteOpened, SlotLost, SlotRestarted
from andon.tools.delivery.views import Environments
from andon.tools.pipelines.views import Runs
from andon.tools.source.events import RepositoryArchived, RepositoryDeleted
from tests.line.story import NOW, PRODUCTION, TEST, Piece, Story, Told, ago, morning


def changes_of(told: Iterable[Told]) -> Changes:
    """The view over a story."""
    facts = Facts()
    changes = Changes(facts)
    for envelope in envelopes(told):
        facts.apply(envelope)
        changes.apply(envelope)
    return changes


def envelopes(told: Iterable[Told]) -> list[Envelope[object]]:
    """The story as a ledger would hand it out."""
    return [
        Envelope(
            position=number,
            sequence=number,
            id=EventId(str(number)),
            stream=one.stream,
            type=type(one.event).__name__,
            at=one.at,
            actor=one.actor,
            cause=None,
            chain=one.chain,
            event=one.event,
        )
        for number, one in enumerate(told, start=1)
    ]


def board_of(told: Iterable[Told]) -> Board:
    """The board at the end of a story."""
    everything = tuple(told)
    return draw(changes_of(everything), environments_of(everything), (), NOW)


def environments_of(told: Iterable[Told]) -> Environments:
    """What delivery knows of a story."""
    environments = Environments()
    for envelope in envelopes(told):
        environments.apply(envelope)
    return environments


def row(board: Board, subject: str) -> Row:
    """The row of a change."""
    return next(row for _, rows in board.repositories for row in rows if row.subject == subject)


def test_an_empty_house_has_a_grey_lamp() -> None:
    """Nothing landed is neither good nor bad."""
    board = board_of(())
    assert (board.colour, board.sentence) == ("grey", "Nothing has landed yet.")
    assert board.repositories == ()


def test_a_repository_without_a_pipeline_is_grey() -> None:
    """Nothing was built, so nothing is green and nothing is waited for."""
    story = Story()
    story.inits(("docs",))
    Piece(story, "docs", "Write", "Ada", 1, "1.1", ago(minutes=9)).lands().finishes(None, "no andon.toml", "skip")
    board = board_of(story.told)
    assert (board.colour, board.sentence) == ("grey", "Nothing is built: no repository has an andon.toml.")
    assert row(board, "Write").pipeline.state == "skip"


def test_the_lamp_is_red_where_the_last_verdict_is() -> None:
    """One red trunk makes the lamp red and is named; a newer run without a verdict changes nothing."""
    board = board_of(morning())
    assert (board.colour, board.sentence) == ("red", "Trunk is red in billing.")


def test_a_trunk_that_nobody_may_push_to_makes_no_lamp_red() -> None:
    """Archived, it stays on the board; deleted, it leaves it."""
    story = Story()
    story.inits(("billing", "shop"))
    Piece(story, "shop", "Good", "Ada", 1, "1.1", ago(minutes=8)).green()
    red = Piece(story, "billing", "Break it", "Ada", 2, "1.1", ago(minutes=9)).lands().reads().starts("unit")
    red.ends("unit", 1, failed=("test_a",)).finishes(None, "unit: 1 test failed")
    on, billing, ada = stream("repository", "billing"), RepositoryName("billing"), Actor("ada")
    story.tell(NOW, on, RepositoryArchived(repository=billing, by=ada, reason="moved", at=NOW))
    board = board_of(story.told)
    assert (board.sentence, [name for name, _ in board.repositories]) == ("Trunk is green.", ["billing", "shop"])
    story.tell(NOW, on, RepositoryDeleted(repository=billing, by=ada, reason="moved", at=NOW))
    assert [name for name, _ in board_of(story.told).repositories] == ["shop"]


def test_the_lamp_turns_green_with_the_next_green_run() -> None:
    """The newest verdict counts, not the worst one."""
    story = Story()
    story.inits(("shop",))
    red = Piece(story, "shop", "Break it", "Ada", 1, "1.1", ago(minutes=9)).lands().reads().starts("unit")
    red.ends("unit", 1, failed=("test_a",)).finishes(None, "unit: 1 test failed")
    assert board_of(story.told).colour == "red"
    Piece(story, "shop", "Mend it", "Ada", 2, "1.2", ago(minutes=5)).green()
    assert board_of(story.told).colour == "green"


def test_a_cancelled_run_says_nothing_about_the_trunk() -> None:
    """The verdict before it still holds."""
    story = Story()
    story.inits(("shop",))
    red = Piece(story, "shop", "Break it", "Ada", 1, "1.1", ago(minutes=9)).lands().reads().starts("unit")
    red.ends("unit", 1, failed=("test_a",)).finishes(None, "unit: 1 test failed")
    cancelled = Piece(story, "shop", "Oops", "Ada", 2, "1.2", ago(minutes=5)).lands().reads()
    cancelled.finishes(None, "cancelled by ada", outcome="cancel")
    assert board_of(story.told).colour == "red"


def test_a_green_run_with_warnings_is_shown_as_its_page_shows_it() -> None:
    """Amber here and there: one function says so of a run, a task and a cell."""
    story = Story()
    story.inits(("shop",))
    run = Piece(story, "shop", "Warn", "Ada", 1, "1.1", ago(minutes=9)).lands().reads().starts("unit")
    run.ends("unit", 1, passed=3, warned=("reports/a.xml: not read",)).finishes(None)
    cell = row(board_of(story.told), "Warn").pipeline
    assert (cell.state, cell.more) == ("warning", "1 warning · 3 tests · run 1")
    runs = Runs()
    for one in envelopes(story.told):
        runs.apply(one)
    seen = runs.get(RunNumber(1))
    assert (seen.shown_lamp, [task.shown_lamp for task in seen.tasks if task.warnings]) == ("warning", ["warning"])


def test_a_running_task_shows_its_clock_and_how_far_it_is() -> None:
    """The pipeline cell of a change in flight names the task, since when, and a share of the whole."""
    cell = row(board_of(morning()), "Remember the last delivery address").pipeline
    assert (cell.state, cell.words, cell.address) == ("running", "unit", "/runs/815")
    assert cell.since is not None
    assert cell.percent is not None
    assert 0 < cell.percent < 100


def test_a_red_run_names_the_task_that_stopped_it() -> None:
    """Go and see: the cell leads to the run."""
    cell = row(board_of(morning()), "Bump the tax tables to 2027").pipeline
    assert (cell.state, cell.words, cell.more) == ("failure", "integration", "integration: 2 tests failed")
    assert cell.address == "/runs/813"


def test_every_place_says_where_the_change_is() -> None:
    """Verified here, waiting there, moving, replaced: each environment's cell tells its own part."""
    board = board_of(morning())
    fixed = row(board, "Fix rounding of totals").places
    assert [(cell.state, cell.words) for cell in fixed] == [("success", "2.14"), ("waiting", "2.14")]
    cards = row(board, "Add gift cards").places
    assert [(cell.state, cell.more) for cell in cards] == [("running", "smoke checks"), ("none", "")]
    old = row(board, "Show the shipping costs in the basket").places
    assert [cell.state for cell in old] == ["none", "success"]
    assert old[0].more.startswith("was here")


def test_a_failed_promotion_shows_its_reason() -> None:
    """A smoke check that stopped the change is said where it happened."""
    story = Story()
    story.inits(("shop",))
    piece = Piece(story, "shop", "Crash at start", "Ada", 1, "1.1", ago(minutes=5)).green().requested(TEST)
    piece.rolls(TEST, "blue", until="ready").fails(TEST, "GET /items answered 500, expected 200")
    cell = row(board_of(story.told), "Crash at start").places[0]
    assert (cell.state, cell.more) == ("failure", "GET /items answered 500, expected 200")


def test_a_failed_promotion_stays_until_something_newer_serves() -> None:
    """A newer commit alone does not hide it; a newer one that is verified there does."""
    story = Story()
    story.inits(("shop",))
    bad = Piece(story, "shop", "Crash at start", "Ada", 1, "1.1", ago(minutes=9)).green().requested(TEST)
    bad.rolls(TEST, "blue", until="ready").fails(TEST, "GET / answered 500")
    Piece(story, "shop", "Write a comment", "Ada", 2, "1.2", ago(minutes=5)).lands()
    assert [row.subject for row in board_of(story.told).repositories[0][1]] == ["Write a comment", "Crash at start"]
    Piece(story, "shop", "Mend it", "Ada", 3, "1.3", ago(minutes=4), 2).green().requested(TEST).rolls(TEST, "blue")
    assert "Crash at start" not in [row.subject for row in board_of(story.told).repositories[0][1]]


def test_what_is_down_is_the_first_thing_said_until_it_is_back() -> None:
    """A green trunk does not hide that users get no answer; the slot that takes no traffic does not matter."""
    story = Story()
    story.inits(("shop",))
    piece = Piece(story, "shop", "Sell", "Ada", 1, "1.1", ago(minutes=9)).green().requested(TEST).rolls(TEST, "blue")
    for trouble, mended, said in (
        (
            SlotLost(slot="blue", reason="exit code 7"),
            SlotRestarted(slot="blue", reason="exit code 7", restarts=1),
            "shop 1.1 is down in test",
        ),
        (RouteLost(reason="the router ended"), RouteOpened(port=8701), "shop 1.1 cannot be reached in test"),
    ):
        piece.tell(piece.place(TEST), trouble, 1)
        board = board_of(story.told)
        assert board.colour == "red"
        assert board.sentence.startswith(said)
        assert row(board, "Sell").places[0].state == "failure"
        piece.tell(piece.place(TEST), mended, 1)
        board = board_of(story.told)
        assert (board.colour, board.sentence) == (
            "amber",
            "shop 1.1 crashed in test and was restarted 8 min ago. Trunk is green.",
        )
    piece.tell(piece.place(TEST), SlotLost(slot="green", reason="exit code 7"), 1)
    assert board_of(story.told).colour == "amber"


def test_a_change_that_a_newer_one_went_ahead_of_says_so() -> None:
    """With the newer version."""
    story = Story()
    story.inits(("shop",))
    piece = Piece(story, "shop", "Slow", "Ada", 1, "1.1", ago(minutes=9)).green()
    superseded = ArtifactSuperseded(
        name=ArtifactName("shop"),
        version=Version("1.1"),
        digest=piece.digest,
        repository=RepositoryName("shop"),
        commit=piece.commit,
        by=Version("1.2"),
    )
    piece.tell(stream("artifact", "shop"), superseded, 1)
    assert row(board_of(story.told), "Slow").artifact.more == "superseded by 1.2"


def test_changes_that_serve_nowhere_leave_the_board() -> None:
    """Only the newest change, what moves, what waits and what serves is on the board."""
    story = Story()
    story.inits(("shop",))
    for number in range(1, 80):
        red = Piece(story, "shop", f"Try {number}", "Ada", number, "1.1", ago(minutes=100 - number)).lands().reads()
        red.starts("unit").ends("unit", 1, failed=("test_a",)).finishes(None, "unit: 1 test failed")
    board = board_of(story.told)
    assert [row.subject for row in board.repositories[0][1]] == ["Try 79"]
    assert len(changes_of(story.told).of(board.repositories[0][0])) == 50


def test_a_pulled_cord_draws_a_band_until_it_is_released() -> None:
    """Who, when, why and what may still pass; the stations it stops are marked."""
    board = board_of(morning(stopped=True))
    (stop,) = board.stops
    assert (stop.by, stop.what) == ("grace", "everything into production")
    assert [(station.name, station.is_stopped) for station in board.stations] == [(TEST, False), (PRODUCTION, True)]
    story = Story(list(morning(stopped=True)))
    released = CordReleased(scope="environment/production", reason="The provider is back.")
    story.tell(NOW, stream("cord", "line"), released, actor="grace")
    assert board_of(story.told).stops == ()


def test_a_stopped_line_is_the_first_thing_said() -> None:
    """The line's own cord outweighs every verdict."""
    story = Story(list(morning()))
    story.tell(NOW, stream("cord", "line"), CordPulled(scope="line", reason="Fire."), actor="linus")
    board = board_of(story.told)
    assert (board.colour, board.sentence) == ("red", "The line is stopped by linus. Trunk is red in billing.")
    assert all(station.is_stopped for station in board.stations)


def test_what_is_in_flight_is_counted() -> None:
    """A run without a verdict and a promotion under way are changes in flight; an offer that waits is not."""
    assert board_of(morning()).summary == ("2 changes in flight",)


def test_a_commit_that_lands_again_is_one_change() -> None:
    """A trunk that was reset to an older commit shows it as the newest, once."""
    story = Story()
    story.inits(("shop",))
    Piece(story, "shop", "One", "Ada", 1, "1.1", ago(minutes=9)).green()
    Piece(story, "shop", "Two", "Ada", 2, "1.2", ago(minutes=8)).green()
    Piece(story, "shop", "One", "Ada", 3, "1.1", NOW - timedelta(minutes=7)).lands()
    changes = changes_of(story.told)
    assert [change.subject for change in changes.of(changes.repositories()[0])] == ["One", "Two"]
