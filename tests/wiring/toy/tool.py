"""The record of toy."""

from __future__ import annotations

from andon.tool import OPERATE, Command, Page, Tool

TOOL = Tool(
    package="tests.wiring.toy",
    events="events:EVENTS",
    nouns=("events:NOUN",),
    views={"bells": "views:Bells"},
    performers="effects:performers",
    parts={"ringing": "ringing:Ringing"},
    doors=("doors",),
    navigation=(Page(OPERATE, "/bells", "Bells", key="7"),),
    commands=(Command("bells", "commands:bells", "How often the bell rang.", OPERATE),),
)
