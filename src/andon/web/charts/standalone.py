"""Figures outside of the server: as markup, and in one file with its styles inside and no scripts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from andon.standards.bidi import unturned
from andon.web.charts.figure import Figure


def figure_html(figure: Figure) -> Markup:
    """The figure with its sentence, legend and table twin, as pages show it; for any document with our styles."""
    shown: Markup = _macros().figure(figure)
    return shown


def standalone(title: str, body: Markup | str) -> str:
    """A whole HTML document in one file: all styles inside, both themes, prints well, no script, nothing fetched.

    `body` is markup that the caller made with escaping (`Markup.format`, Jinja) and `figure_html`; every class of
    andon.css may be used in it: section, section-head, table, facts, scroll, quiet, right, note, lamp.
    """
    return unturned(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{styles()}</style>\n</head>\n"
        f'<body>\n<main id="main">\n{body}\n</main>\n</body>\n</html>\n'
    )


def standalone_from(package: str, template: str, title: str, **context: object) -> str:
    """The same from a template of a package; it escapes what it is given."""
    text = (files(package) / template).read_text(encoding="utf-8")
    return standalone(title, Markup(_environment().from_string(text).render(context)))  # noqa: S704


@cache
def styles() -> str:
    """The style sheets of pages and pictures, as one text."""
    folder = files("andon.web") / "static"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in ("andon.css", "charts.css"))


@cache
def _macros() -> Any:
    return _environment().get_template("figure.html").module


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("andon.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
