"""The words a pipeline file may use: names, paths, versions, commands. Each parser raises Invalid with one sentence."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import ArtifactName, ServiceName, TaskName, parse_name
from andon.tools.pipelines.model.patterns import parse_pattern

_VERSION = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+){0,5}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OCI_NAME = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*")


def task_name(text: str) -> TaskName:
    """A task's name."""
    return TaskName(parse_name(text, "a task"))


def service_name(text: str) -> ServiceName:
    """A service's name."""
    return ServiceName(parse_name(text, "a service"))


def artifact_name(text: str) -> ArtifactName:
    """An artifact's name, which is also its repository's name in the registry."""
    parse_name(text, "an artifact")
    if not _OCI_NAME.fullmatch(text):
        raise Invalid("a registry takes only one . or _ between letters and digits of an artifact's name.")
    return ArtifactName(text)


def command_text(text: str) -> str:
    """What a task runs."""
    if not text.strip():
        raise Invalid(Problem(message="there is nothing to run.", remedy='Like run = "make test".'))
    return without_nul(text)


def without_nul(text: str) -> str:
    """Text that may be an argument or a variable of a process."""
    if "\0" in text:
        raise Invalid("a NUL character cannot be given to a process.")
    return text


def word(text: str) -> str:
    """One argument of a command; not empty."""
    if not text:
        raise Invalid("expected a word, found empty text.")
    return without_nul(text)


def path_inside(text: str) -> str:
    """A file, folder or glob below the checkout.

    Errors: Invalid for anything that could lead out of it.
    """
    path = PurePosixPath(without_nul(text))
    if not text.strip():
        raise Invalid("expected a path below the repository, found empty text.")
    if path.is_absolute() or ".." in path.parts or "\\" in text:
        message = "a path must stay inside the repository's checkout."
        raise Invalid(Problem(message=message, remedy="Use a path below it with / and without .. in it."))
    return text


def input_pattern(text: str) -> str:
    """A pattern for files, as gitignore has them."""
    return parse_pattern(text).text


def version_prefix(text: str) -> str:
    """First part of an artifact's versions."""
    if not _VERSION.fullmatch(text) or len(text) > 40:
        raise Invalid('expected the first part of a version such as "1" or "2.0"; the last part is counted for you.')
    return text


def image_reference(text: str) -> str:
    """An image to stand on; empty for none."""
    if re.search(r"[\s\x00-\x1f]", text) or len(text) > 300:
        raise Invalid('expected an image such as "registry.example/base@sha256:…".')
    return text


def variable(text: str) -> str:
    """The name of a variable in a task's environment."""
    if not _VARIABLE.fullmatch(text):
        raise Invalid("a variable's name has only letters, digits and _ and begins with no digit.")
    if text.startswith("ANDON_"):
        raise Invalid("names that begin with ANDON_ are given by Andon itself.")
    return text


def setting(text: str) -> str:
    """The name of a variable in a service's environment."""
    if text in {"HOST", "PORT"}:
        raise Invalid(f"{text} is given by the environment the service runs in; read it, do not set it.")
    return variable(text)


def url_path(text: str) -> str:
    """The path of an HTTP check."""
    if not text.startswith("/") or re.search(r"[\s\x00-\x20\x7f]", text):
        raise Invalid('expected a path that begins with a slash and has no blanks, such as "/health".')
    return text
