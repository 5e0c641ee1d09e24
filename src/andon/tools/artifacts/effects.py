"""Gives published versions their tags in the registry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from andon.kernel.decider import Command, Effect
from andon.kernel.ids import Actor
from andon.tools.artifacts.model.artifact import Artifact, TagVersion
from andon.tools.artifacts.model.grant import push_scope
from andon.tools.artifacts.ports import Registries

#: who tags: the line itself, after a run's artifact was published
ACTOR = Actor("andon/artifacts")

Tell = Callable[[Command[Artifact]], Awaitable[None]]
Performer = Callable[[Effect[Artifact], Tell], Awaitable[None]]


def performers(registries: Registries) -> dict[type, Performer]:
    """Who does which effect."""

    async def tag_version(effect: Effect[Artifact], tell: Tell) -> None:
        """Push the manifest once more, under its version; the same tag twice is no change."""
        assert isinstance(effect, TagVersion)  # noqa: S101 the engine gives each performer its own effects
        registry = registries.open(ACTOR, push_scope(effect.name))
        manifest = await registry.pull_manifest(effect.name, effect.digest)
        await registry.push_manifest(effect.name, effect.version, manifest.media_type, manifest.content)
        await tell(effect.done())

    return {TagVersion: tag_version}
