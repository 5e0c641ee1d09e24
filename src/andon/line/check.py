"""`andon check`: a pipeline file or the line's file, before it is pushed; and what a server would say to its names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from andon.console.session import Session
from andon.tools.pipelines.check import check as check_pipeline

if TYPE_CHECKING:
    from andon.tools.delivery.model.line_file import Line

PIPELINE, LINE = "andon.toml", "line.toml"


def check(
    file: Path = Path(PIPELINE), /, *, schema: bool = False, session: Annotated[Session, Parameter(parse=False)]
) -> None:
    """Say everything that is wrong with a pipeline file, or with line.toml; when nothing is, say what it will do.

    A server that you use is asked who owns the names, and what a new line.toml would end.

    Parameters
    ----------
    file:
        The file, or the folder that holds it. Without it: andon.toml, else line.toml.
    schema:
        Print the file's format as JSON Schema, for an editor.
    """
    folder = file if file.is_dir() else file.parent
    is_line = file.name == LINE or (not (folder / PIPELINE).exists() and (folder / LINE).exists())
    if is_line:
        _check_line(folder / LINE, session, schema=schema)
    else:
        check_pipeline(file, schema=schema, session=session)


def _check_line(file: Path, session: Session, *, schema: bool) -> None:
    from andon.tools.delivery.model.line_file import json_schema, parse_line
    from andon.tools.pipelines.check import print_schema, read_pipeline_file

    if schema:
        print_schema(session, json_schema())
        return
    line = parse_line(read_pipeline_file(file), str(file))
    answers = session.asked_if_known(("/api/v1/environments", "/api/v1/line"))
    ends = [] if isinstance(answers, str) else list(ends_with(line, *answers))
    not_asked = answers if isinstance(answers, str) else ""
    found = {"file": str(file), "ok": True, "line": line, "would_end": ends, "not_asked": not_asked}
    session.show(found, lambda _: "\n".join(_in_words(file, line, ends, not_asked, session)))


def ends_with(line: Line, environments: list[dict[str, Any]], now: dict[str, Any]) -> Iterator[str]:
    """What runs now and would end, and the ports that would be given up."""
    kept = {str(one.name) for one in line.environments}
    for environment in environments:
        if environment["name"] in kept:
            continue
        running = [one for one in environment["services"] if one["live"]]
        for one in running:
            yield f"{environment['name']}: {one['service']} {one['live']['version']} would be drained and stopped"
        if not running:
            yield f"{environment['name']}: would leave the line; nothing serves in it"
    ports = {(str(one.environment), str(one.service)): one.port for one in line.placements}
    for one in now["placements"]:
        place = one["environment"], one["service"]
        if one["port"] and place[0] in kept and ports.get(place) != one["port"]:
            yield f"{place[0]}: {place[1]} would leave port {one['port']}"


def _in_words(file: Path, line: Line, ends: list[str], not_asked: str, session: Session) -> Iterator[str]:
    paint = session.paint
    names = ", then ".join(one.name for one in line.environments)
    yield f"{paint.lamp('success')} {paint.strong(str(file))} is a line: {names}."
    yield from (f"  {paint.warn('!')} {one}" for one in ends)
    if not_asked:
        yield f"  {paint.quiet('ends')}      what would end was not asked: {not_asked}"
    elif not ends:
        yield f"  {paint.quiet('ends')}      nothing that runs on {session.url}"
