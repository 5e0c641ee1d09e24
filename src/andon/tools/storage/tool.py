"""The record of storage: what the server keeps on disk."""

from __future__ import annotations

from andon.tool import ORGANISATION, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.storage",
    needs=("access",),
    events="events:EVENTS",
    nouns=("model.storage:NOUN",),
    doors=(
        "api",
        "pages",
    ),
    navigation=(Page(ORGANISATION, "/storage", "Storage", needs="promote"),),
    commands=(Command("storage", "commands:storage", "What is kept on disk, and deleted next.", ORGANISATION),),
)
