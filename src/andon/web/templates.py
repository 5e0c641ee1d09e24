"""The template environment: every tool's folder under the tool's name, everything escaped, nothing undefined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from jinja2 import BaseLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from andon.kernel import words
from andon.kernel.ids import short
from andon.kernel.sizes import print_size
from andon.standards.bidi import pictured, unturned
from andon.web.assets import Assets
from andon.web.charts.units import brief, interval, whole
from andon.web.navigation import Navigation

#: a command in a sentence stands after two spaces, or alone after a colon
_COMMAND = re.compile(r"(?:\s{2,}|(?<=: ))(?P<command>andon [a-z].*?)(?=\s{2,}|[;.]\s|\.?$)")


def template_environment(
    packages: Mapping[str, str], assets: Assets, navigation: Navigation | None = None
) -> Environment:
    """Templates named "pipelines/run.html", found in the package given for "pipelines"; ours are under "web"."""
    loaders: dict[str, BaseLoader] = {name: PackageLoader(package) for name, package in packages.items()}
    loaders["web"] = PackageLoader("andon.web")
    environment = Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=harmless,
    )
    environment.globals.update(asset=assets.url, navigation=navigation or Navigation())
    environment.filters.update(
        when=when,
        took=words.duration,
        size=print_size,
        short=short,
        plural=words.plural,
        utc=words.utc,
        said=said,
        brief=brief,
        interval=interval,
        whole=whole,
    )
    return environment


def harmless(value: object) -> object:
    """What a template shows: nothing that somebody wrote turns the direction of writing, or is a control character."""
    if not isinstance(value, str):
        return value
    text = pictured(unturned(value))
    return Markup(text) if isinstance(value, Markup) else text  # noqa: S704  (it was safe before)


@pass_context
def when(context: Context, at: datetime) -> Markup:
    """An instant as people read it: relative, with UTC on hover; the browser keeps it fresh."""
    now: datetime = context["now"]
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), words.utc(at), words.ago(at, now))


def said(text: str) -> Markup:
    """A sentence of the house with the commands in it set as commands."""
    parts = _COMMAND.split(text)
    words = [
        Markup(' <code class="order">{}</code>').format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    ]
    return Markup("").join(words)
