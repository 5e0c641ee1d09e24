"""A service in an environment in words: lamp, sentence, slots, steps, what can be gone back to."""

from __future__ import annotations

from collections.abc import Iterable

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.delivery.condition import of_environment, of_service
from andon.tools.delivery.events import RouteLost, SlotLost
from andon.tools.delivery.showing import earlier, slots, steps
from andon.tools.delivery.views import Environments, ServiceSeen
from tests.line.story import NOW, TEST, Piece, Story, Told, ago
from tests.line.test_board import envelopes


def seen(told: Iterable[Told]) -> ServiceSeen:
    """Shop in test at the end of a story."""
    environments = Environments()
    for envelope in envelopes(told):
        environments.apply(envelope)
    return environments.service(TEST, ServiceName("shop"))


def lamp(shop: ServiceSeen) -> str:
    return of_service(shop, NOW).colour


def sentence(shop: ServiceSeen) -> str:
    return of_service(shop, NOW).sentence


def piece(story: Story, version: str = "1.1", promotion: int = 1) -> Piece:
    """One version of shop, published."""
    return Piece(story, "shop", f"Make {version}", "Ada", promotion, version, ago(minutes=9), promotion).green()


def test_what_serves_is_green() -> None:
    """A verified artifact with the traffic: one slot has all of it, the other is empty."""
    story = Story()
    piece(story).requested(TEST).rolls(TEST, "blue")
    shop = seen(story.told)
    assert (lamp(shop), sentence(shop)) == ("green", "shop 1.1 serves test.")
    assert [(slot.slot, slot.weight_percent, slot.sign) for slot in slots(shop)] == [
        ("blue", 100, "success"),
        ("green", 0, "none"),
    ]
    assert steps(shop) == ()


def test_a_promotion_shows_its_steps() -> None:
    """What is done, what is being done, what is to come; the old one keeps serving."""
    story = Story()
    piece(story).requested(TEST).rolls(TEST, "blue")
    piece(story, "1.2", 2).requested(TEST).rolls(TEST, "green", until="ready")
    shop = seen(story.told)
    assert (lamp(shop), sentence(shop)) == (
        "amber",
        "shop 1.2 is on its way into test: smoke checks. shop 1.1 serves test.",
    )
    assert [step.sign for step in steps(shop)] == ["success", "running", "queued", "queued", "queued"]
    assert [slot.weight_percent for slot in slots(shop)] == [100, 0]


def test_a_failed_promotion_leaves_what_was_there() -> None:
    """Amber, and both facts in the sentence."""
    story = Story()
    piece(story).requested(TEST).rolls(TEST, "blue")
    piece(story, "1.2", 2).requested(TEST).rolls(TEST, "green", until="ready").fails(TEST, "GET / answered 500")
    shop = seen(story.told)
    assert lamp(shop) == "amber"
    assert sentence(shop) == "shop 1.2 failed in test. shop 1.1 serves test."


def test_a_lost_service_or_route_is_red() -> None:
    """What should serve and does not is said at once."""
    story = Story()
    here = piece(story).requested(TEST).rolls(TEST, "blue")
    here.tell(here.place(TEST), SlotLost(slot="blue", reason="exited with 1"), 5)
    assert lamp(seen(story.told)) == "red"
    assert (
        sentence(seen(story.told))
        == "shop 1.1 is down in test and is being started again. Nothing answers for shop in test."
    )
    assert slots(seen(story.told))[0].words == "exited with 1"
    other = Story()
    there = piece(other).requested(TEST).rolls(TEST, "blue")
    there.tell(there.place(TEST), RouteLost(reason="haproxy vanished"), 5)
    assert lamp(seen(other.told)) == "red"


def test_only_what_was_verified_here_can_be_gone_back_to() -> None:
    """Each digest once, the newest first, without what serves now."""
    story = Story()
    for number, slot in ((1, "blue"), (2, "green"), (3, "blue")):
        piece(story, f"1.{number}", number).requested(TEST).rolls(TEST, slot)  # type: ignore[arg-type]  # two slots
    assert [known.version for known in earlier(seen(story.told))] == ["1.2", "1.1"]


def test_an_environment_counts_what_serves() -> None:
    """Nothing, one, and not what only waits."""
    assert of_environment(EnvironmentName("test"), (), NOW).sentence == "Nothing serves test yet."
    story = Story()
    piece(story).requested(TEST).rolls(TEST, "blue")
    assert of_environment(TEST, (seen(story.told),), NOW).sentence == "1 service serves test."
