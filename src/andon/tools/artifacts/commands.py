"""The command of artifacts: what is published, and where it comes from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from cyclopts import Parameter

from andon.console.session import Session
from andon.console.tables import table
from andon.kernel.ids import short
from andon.kernel.sizes import print_size
from andon.kernel.words import minute, plural

if TYPE_CHECKING:
    from rich.console import RenderableType

Here = Annotated[Session, Parameter(parse=False)]
Row = dict[str, Any]


def artifacts(name: str = "", version: str = "", *, session: Here) -> None:
    """What is published: the newest of each artifact, all versions of one, or one version with its provenance.

    Parameters
    ----------
    name:
        The artifact.
    version:
        Its version, or its digest.
    """
    if version:
        details: Row = session.api.get(f"/api/v1/artifacts/{_part(name)}/{_part(version)}")
        session.show(details, _details)
        return
    rows: list[Row] = session.api.get(f"/api/v1/artifacts/{_part(name)}" if name else "/api/v1/artifacts")
    session.show(rows, _list)


def _part(text: str) -> str:
    return quote(text, safe="")


def _list(rows: list[Row]) -> RenderableType:
    if not rows:
        return (
            "Nothing is published yet.\n  next: push a commit whose andon.toml has an artifact (andon init writes one)"
        )
    columns = ("artifact", "version", "digest", ">size", "*commit", ">run", "published")
    return table(columns, [_row(row) for row in rows])


def _row(row: Row) -> tuple[str, ...]:
    commit = f"{row['repository']}@{short(row['commit'])}"
    published = datetime.fromisoformat(row["published_at"])
    return (
        row["name"],
        f"{row['version']}{_superseded(row)}",
        short(row["digest"]),
        print_size(row["size_bytes"]),
        commit,
        str(row["run"]),
        minute(published),
    )


def _superseded(row: Row) -> str:
    return f" (superseded by {row['superseded_by']})" if row.get("superseded_by") else ""


def _details(details: Row) -> str:
    row, config, provenance = details["version"], details["config"], details["provenance"]
    lines = [
        f"{row['name']} {row['version']}{_superseded(row)}  {row['digest']}",
        f"  made from   {row['repository']}@{row['commit']} in run {row['run']}",
        f"  published   {minute(row['published_at'])} by {row['published_by']}",
        f"  holds       {print_size(row['size_bytes'])} in {plural(len(details['layers']), 'layer')}",
    ]
    if config:
        lines.append(f"  runs        {' '.join(config['command']) or 'nothing by itself'}")
    if provenance:
        base = provenance["base"] or "none: it runs over the host's read-only system"
        lines += [f"  base        {base}", f"  provenance  ✓ signed by this install, made by {provenance['builder']}"]
    if details["problem"]:
        lines.append(f"  provenance  ✗ {details['problem']}")
    return "\n".join(lines)
