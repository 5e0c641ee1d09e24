"""The record of source: repositories, pushes, trunks."""

from __future__ import annotations

from andon.tool import LINE, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.source",
    needs=("access",),
    events="events:EVENTS",
    nouns=("model.repository:NOUN",),
    views={
        "repositories": "views:Repositories",
    },
    facts={"trunks": "facts:Trunks"},
    parts={"git_repositories": "assembly:git_repositories", "removing": "removing:Removing"},
    refusals="refusals:REFUSALS",
    finds="finding:find",
    doors=(
        "pages",
        "api",
    ),
    navigation=(Page(LINE, "/repositories", "Repositories", key="p"),),
    commands=(
        Command("approve", "commands:approve", "Let a change of protected files land.", LINE),
        Command("repository", "commands:repository", "Repositories and their trunks.", LINE),
    ),
)
