"""`andon init`: a first pipeline file from what a repository has, and the git remote to push it to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from andon.console.session import Session
from andon.kernel.errors import AndonError, Invalid, PortError, Refused
from andon.kernel.ids import parse_name
from andon.kernel.words import listed
from andon.tools.pipelines.model.first_pipeline import READ, SEEN, FirstTask, suggest, write_first
from andon.tools.pipelines.model.pipeline_file import FILE_NAME
from andon.tools.pipelines.working_copy import WorkingCopy, find_working_copy

_REMOTE = "andon"
_MOST_BYTES = 1 << 20  #: of a file that is looked at


def init(
    folder: Path = Path(),
    /,
    *,
    name: str = "",
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Write a first andon.toml from what the repository has, and add the git remote to push it to.

    Parameters
    ----------
    folder:
        Anywhere inside the git repository.
    name:
        Name of the repository on the server; else the folder's.
    """
    copy = find_working_copy(folder)
    address = f"{session.url}/git/{parse_name(name, 'a repository') if name else repository_name(copy.folder)}"
    known = copy.remote(_REMOTE)
    _refuse_when_done(copy, known, address)
    tasks = write_file(copy)
    if not known:
        copy.add_remote(_REMOTE, address)
    copy.ask_andon_for_password(session.url)
    silent = _silence(session)
    told = {
        "file": str(copy.folder / FILE_NAME),
        "written": tasks is not None,
        "remote": known or address,
        "server_answers": not silent,
    }
    session.show(told, lambda _: _in_words(session, copy, tasks, address))
    if silent:
        session.say(f"\n{session.paint.lamp('amber', silent)}")
        session.say("  Or name the server that you use:  andon init --url URL")


def _silence(session: Session) -> str:
    """Why no server can take the push; "" when one answers, also to somebody it does not know."""
    try:
        session.api.get("/api/v1/whoami")
    except PortError as error:
        return str(error)
    except AndonError:
        return ""
    return ""


def _refuse_when_done(copy: WorkingCopy, known: str, address: str) -> None:
    if known and known != address:
        reason = f"this repository already has a remote {_REMOTE}, and it is {known}."
        remedy = f"If it should be another: git remote set-url {_REMOTE} {address}"
        raise Refused("never-overwrite", reason, remedy)
    if known and (copy.folder / FILE_NAME).exists():
        reason = f"{FILE_NAME} and the remote {_REMOTE} are already here, and both stay as they are."
        remedy = f"See what the pipeline does with: andon check\nTo begin again: git mv {FILE_NAME} {FILE_NAME}.old"
        raise Refused("never-overwrite", reason, remedy)


def write_file(copy: WorkingCopy) -> tuple[FirstTask, ...] | None:
    """The tasks that were written; None when the file is already there, which stays as it is.

    Errors: PortError.
    """
    tasks = suggest(look_at(copy.folder))
    try:
        with (copy.folder / FILE_NAME).open("x", encoding="utf-8") as file:
            file.write(write_first(tasks))
    except FileExistsError:
        return None
    except OSError as error:
        raise PortError(f"{FILE_NAME} cannot be written: {error.strerror}.", permanent=True) from None
    return tasks


def look_at(folder: Path) -> dict[str, str]:
    """The files that say how a repository is tested and built."""
    found = {name: "" for name in SEEN if (folder / name).exists()}
    for name in READ:
        path = folder / name
        if path.is_file() and path.stat().st_size <= _MOST_BYTES:
            found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


def repository_name(folder: Path) -> str:
    """The folder's name as a repository's. Errors: Invalid, when nothing of it can be used."""
    name = re.sub(r"[^a-z0-9._-]+|\.{2,}", "-", folder.name.lower()).strip("._-")[:64].strip("._-")
    if not name:
        raise Invalid(
            f"the folder's name {folder.name} is no name for a repository. Choose one: andon init --name NAME"
        )
    return name


def _in_words(session: Session, copy: WorkingCopy, tasks: tuple[FirstTask, ...] | None, address: str) -> str:
    paint = session.paint
    if tasks is None:
        wrote = f"{paint.lamp('idle')} {FILE_NAME} is already here and stays as it is."
    elif tasks:
        sources = listed(sorted({task.found_in for task in tasks}))
        wrote = f"{paint.lamp('success')} {FILE_NAME} has {listed([task.role for task in tasks])}, from {sources}."
    else:
        wrote = f"{paint.lamp('amber')} {FILE_NAME} has one task, which fails until you put your test command in."
    commands = ["andon check"]
    if tasks is not None:
        commands.append(f"git add {FILE_NAME} && git commit -m 'Add a pipeline'")
    commands.append(f"git push {_REMOTE} {copy.branch()}")
    return "\n".join(
        [
            wrote,
            f"{paint.lamp('success')} git remote {paint.strong(_REMOTE)} is {address}",
            "",
            "Next:",
            *(f"  {paint.accent(command)}" for command in commands),
        ]
    )
