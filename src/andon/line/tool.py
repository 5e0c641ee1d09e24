"""What is true across tools: the board, changes, search, the ledger."""

from __future__ import annotations

from andon.tool import LINE, OPERATE, ORGANISATION, Command, Page, Tool

TOOL = Tool(
    package="andon.line",
    views={
        "whereabouts": "whereabouts:Served",
        "facts": "facts:Facts",
        "changes": "changes:Changes",
        "protected_files": "protected_files:ProtectedFiles",
    },
    facts={"owners": "owners:Owners", "closings": "closings:Closings", "protection": "protection:Protection"},
    parts={
        "approvals": "approvals:LineApprovals",
        "cdevents": "cdevents_export:CDEvents",
        "endings": "endings:RepositoryEndings",
        "entries": "entries:Entries",
        "journeys": "journeys:Journeys",
        "owning": "owning:Ownership",
        "search": "search:Search",
    },
    refusals="refusals:REFUSALS",
    service_section="service_section:section",
    finds="search:find",
    doors=(
        "pages",
        "pages_names",
        "api",
        "healthz",
    ),
    navigation=(
        Page(LINE, "/", "Board", key="b", also=("/changes",)),
        Page(ORGANISATION, "/rules", "Rules"),
        Page(ORGANISATION, "/ledger", "Ledger", key="l"),
    ),
    commands=(
        Command("check", "check:check", "Say all that is wrong with andon.toml or line.toml.", LINE),
        Command("status", "commands:status", "The line as it is now.", LINE),
        Command("search", "commands:search", "Find anything that has a page.", LINE),
        Command("trace", "commands:trace", "Follow a commit to everywhere it went.", LINE),
        Command("service", "names_commands:service", "Hand a service over, or remove it.", OPERATE),
        Command("ledger", "commands:ledger", "Everything that happened, and the proof of it.", ORGANISATION),
    ),
)
