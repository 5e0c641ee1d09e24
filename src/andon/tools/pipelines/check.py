"""`andon check`: everything that is wrong with a pipeline file, before anything is pushed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from cyclopts import Parameter

from andon.console.paint import Paint
from andon.console.session import Session
from andon.kernel.errors import Invalid, Problem
from andon.kernel.words import listed, plural
from andon.standards.durations import print_duration
from andon.tools.pipelines.init import repository_name
from andon.tools.pipelines.model.graph import needs_of, waves
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline
from andon.tools.pipelines.model.pipeline import Pipeline
from andon.tools.pipelines.model.pipeline_file import FILE_NAME
from andon.tools.pipelines.working_copy import WorkingCopy, find_working_copy


def check(
    file: Path = Path(FILE_NAME),
    /,
    *,
    schema: bool = False,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Say everything that is wrong with a pipeline file; when nothing is, say what it will do.

    Parameters
    ----------
    file:
        The pipeline file.
    schema:
        Print the file's format as JSON Schema, for an editor.
    """
    if schema:
        from andon.tools.pipelines.model.pipeline_file import json_schema

        print_schema(session, json_schema())
        return
    copy = _copy_around(file)
    pipeline = parse_pipeline(read_pipeline_file(file), str(file), paths=copy.files() if copy else None)
    names = _names_of(pipeline)
    objections = _objections(names, copy, session) if names and copy else []
    session.show(
        as_json(pipeline, str(file)) | {"owners": objections},
        lambda _: "\n".join((in_words(pipeline, file, session.paint), *_owners_in_words(objections, names, session))),
    )


def _names_of(pipeline: Pipeline) -> tuple[str, ...]:
    found = (pipeline.artifact and pipeline.artifact.name, pipeline.service and pipeline.service.name)
    return tuple(dict.fromkeys(name for name in found if name))


def _objections(names: tuple[str, ...], copy: WorkingCopy, session: Session) -> list[dict[str, str]] | str:
    """What the server that is in use has against each name; why nobody was asked, where nobody was."""
    remote = copy.remote("andon")
    try:
        repository = remote.rpartition("/")[2] if remote else repository_name(copy.folder)
    except Invalid as error:
        return str(error)
    addresses = [f"/api/v1/names/{quote(name, safe='')}/objection" for name in names]
    return session.asked_if_known(addresses, repository=repository)


def _owners_in_words(objections: list[dict[str, str]] | str, names: tuple[str, ...], session: Session) -> list[str]:
    paint = session.paint
    if isinstance(objections, str):
        return [f"  {paint.quiet('owners')}    not asked who owns {listed(names)}: {objections}"]
    lines = (f"{one['reason']}\n{one['remedy']}" for one in objections if one["reason"])
    return [f"  {paint.warn('!')} {line}".replace("\n", "\n    ") for line in dict.fromkeys(lines)]


def read_pipeline_file(file: Path) -> str:
    """The file's text. Errors: Invalid, with what to do when there is none."""
    try:
        return (file / FILE_NAME if file.is_dir() else file).read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = "Write a first one with: andon init"
        raise Invalid(Problem(where=str(file), message="there is no such file.", remedy=remedy)) from None
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is no UTF-8 text."
        raise Invalid(Problem(where=str(file), message=message)) from None
    except OSError as error:
        raise Invalid(Problem(where=str(file), message=f"cannot be read: {error.strerror}.")) from None


def _copy_around(file: Path) -> WorkingCopy | None:
    """The repository whose file it is; None where it is none's."""
    folder = (file if file.is_dir() else file.parent).resolve()
    try:
        copy = find_working_copy(folder)
    except Invalid:
        return None
    return copy if copy.folder.resolve() == folder else None


def in_words(pipeline: Pipeline, file: Path, paint: Paint) -> str:
    """The graph as sentences: what runs when, what comes out, and how it runs."""
    head = f"{paint.lamp('success')} {paint.strong(str(file))} is a pipeline of {plural(len(pipeline.tasks), 'task')}."
    facts = [*_order(pipeline, paint), *_product(pipeline, paint)]
    if online := [task.name for task in pipeline.tasks if task.network]:
        facts.append(("network", f"{listed(online)}; nothing else has any"))
    facts.append(("budget", f"all of it in less than {print_duration(pipeline.budget)}"))
    return "\n".join([head, *(f"  {paint.quiet(f'{name:<10}')}{text}" for name, text in facts)])


def _order(pipeline: Pipeline, paint: Paint) -> list[tuple[str, str]]:
    together = paint.quiet("  at the same time")
    return [
        ("first" if number == 0 else "then", listed(wave) + (together if len(wave) > 1 else ""))
        for number, wave in enumerate(waves(needs_of(pipeline.tasks)))
    ]


def _product(pipeline: Pipeline, paint: Paint) -> list[tuple[str, str]]:
    facts = []
    if artifact := pipeline.artifact:
        what = f"{paint.strong(artifact.name)} {artifact.version}.N"
        facts.append(("publishes", f"{what}, made of {artifact.path} from {artifact.task}"))
    if service := pipeline.service:
        smoke = f", {plural(len(service.smoke), 'smoke check')}" if service.smoke else ""
        facts.append(("serves", f"{paint.strong(service.name)}, healthy at {service.health.path}{smoke}"))
    return facts


def as_json(pipeline: Pipeline, file: str) -> dict[str, object]:
    """The same facts for programs."""
    return {"file": file, "ok": True, "waves": waves(needs_of(pipeline.tasks)), "pipeline": pipeline}


def print_schema(session: Session, schema: dict[str, object]) -> None:
    """For an editor."""
    import json

    session.terminal.print(json.dumps(schema, indent=2))
