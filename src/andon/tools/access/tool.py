"""The record of access: accounts, roles, tokens, sessions."""

from __future__ import annotations

from andon.tool import ORGANISATION, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.access",
    events="events:EVENTS",
    nouns=("model.account:NOUN",),
    views={
        "accounts": "views:Accounts",
    },
    refusals="refusals:REFUSALS",
    finds="finding:find",
    doors=(
        "pages",
        "pages_accounts",
        "api",
    ),
    navigation=(Page(ORGANISATION, "/accounts", "Accounts"),),
    commands=(
        Command("login", "commands:login", "Sign in here, or make a link for the browser.", ORGANISATION),
        Command("account", "commands:account", "People, machines and their roles.", ORGANISATION),
        Command("token", "commands:token", "Tokens for people and machines.", ORGANISATION),
        Command("credential", "commands:credential", "Asked by git for a password."),
    ),
)
