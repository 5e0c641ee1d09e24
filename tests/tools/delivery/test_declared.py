"""Names in line.toml that nothing has, and services that their repository left behind, stay visible until mended."""

from __future__ import annotations

from datetime import timedelta

from andon.kernel.ids import (
    Actor,
    BranchName,
    CommitId,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
    stream,
)
from andon.tools.delivery.events import LineDefined, ProtectedPaths, ServiceOwner, ServicePlacement, ServiceRetired
from andon.tools.delivery.model.line import DEFAULT_ENVIRONMENTS
from andon.tools.pipelines.events import RunFinished
from andon.tools.source.events import ChangeLanded, RepositoryDeleted
from tests.line.story import NOW, TEST, Piece, Story, ago, hexed
from tests.line.test_board import environments_of


def shop() -> Story:
    """Shop serves test."""
    story = Story()
    story.inits(("shop",))
    Piece(story, "shop", "Old", "Ada", 1, "1.1", ago(hours=9), 1).green().requested(TEST).rolls(TEST, "blue")
    return story


def define(story: Story, service: str, repository: str, protected: str) -> None:
    """A line.toml with these names."""
    defined = LineDefined(
        commit=CommitId(hexed(service, 40)),
        environments=DEFAULT_ENVIRONMENTS,
        placements=(ServicePlacement(service=ServiceName(service), environment=TEST, port=0, config=()),),
        owners=(ServiceOwner(service=ServiceName(service), repository=RepositoryName(repository)),),
        protected=(ProtectedPaths(repository=RepositoryName(protected), paths=("deploy/**",)),),
    )
    story.tell(NOW, stream("line", "main"), defined)


def run(story: Story, subject: str, service: str | None, *, lands: bool = True) -> None:
    """A green run of shop's trunk, which publishes a service of this name."""
    piece = Piece(story, "shop", subject, "Ada", 5, "1.5", ago(minutes=9))
    if lands:
        landed = ChangeLanded(repository=RepositoryName("shop"), before=None, commit=piece.commit, commits=())
        story.tell(NOW, stream("repository", "shop"), landed)
    spec = None if service is None else Piece(story, service, subject, "Ada", 5, "1.5", ago(minutes=9)).service
    finished = RunFinished(
        number=RunNumber(5),
        repository=RepositoryName("shop"),
        commit=piece.commit,
        branch=BranchName("trunk"),
        trunk=True,
        outcome="success",
        reason="",
        took=timedelta(seconds=1),
        artifact=None,
        service=spec,
        version_prefix="1",
    )
    story.tell(NOW, stream("run", "5"), finished)


def test_names_in_the_line_that_nothing_has_are_warnings_with_what_was_meant() -> None:
    """Each once, and only those."""
    story = shop()
    define(story, "shpo", "shp", "shopp")
    assert environments_of(story.told).warnings == (
        'line.toml names the service shpo, which nobody has published. Did you mean "shop"?',
        'line.toml names the repository shp, which does not exist. Did you mean "shop"?',
        'line.toml names the repository shopp, which does not exist. Did you mean "shop"?',
    )
    define(story, "shop", "shop", "shop")
    assert environments_of(story.told).warnings == ()


def test_a_repository_that_was_deleted_is_to_be_taken_out_of_the_line() -> None:
    """It cannot be created again by a push."""
    story = shop()
    define(story, "shop", "shop", "shop")
    gone = RepositoryDeleted(repository=RepositoryName("shop"), by=Actor("ada"), reason="never used", at=NOW)
    story.tell(NOW, stream("repository", "shop"), gone)
    assert environments_of(story.told).warnings == (
        "line.toml names the repository shop, which was deleted. Take it out of line.toml.",
    )


def test_a_service_that_its_repository_publishes_no_more_is_named_while_it_runs() -> None:
    """With where it runs and the command that ends it; a new name, or none at all."""
    for now in ("web", None):
        story = shop()
        run(story, "Rename", now)
        assert environments_of(story.told).warnings == (
            "shop is no longer published by shop; it still runs in test. Remove it: andon service remove shop",
        )


def test_the_warning_ends_when_it_is_published_again_or_removed() -> None:
    """And does not begin when an older commit is run again."""
    again = shop()
    run(again, "Rename", "web")
    run(again, "Back", "shop")
    run(again, "Rename", "web", lands=False)
    assert environments_of(again.told).warnings == ()
    removed = shop()
    run(removed, "Rename", "web")
    gone = ServiceRetired(
        environment=EnvironmentName("test"), service=ServiceName("shop"), reason="removed", by_hand=True, by=None
    )
    removed.tell(NOW, stream("service", "test/shop"), gone)
    assert environments_of(removed.told).warnings == ()


def test_what_settings_and_protection_name_is_told_until_it_is_there() -> None:
    """Repositories of ANDON_HOST_NETWORK, and patterns that match no file, as git has said."""
    environments = environments_of(shop().told)
    environments.declared.host_network = ("shpo", "shop")
    environments.declared.protect_nothing(("line.toml protects nothing.",))
    assert environments.warnings == (
        'ANDON_HOST_NETWORK names the repository shpo, which does not exist. Did you mean "shop"?',
        "line.toml protects nothing.",
    )
    environments.declared.host_network = ("shop",)
    environments.declared.protect_nothing(())
    assert not environments.warnings
