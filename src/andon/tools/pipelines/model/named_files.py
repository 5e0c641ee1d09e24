"""Do the patterns of a pipeline's inputs name files of the commit? What names nothing is a mistake."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from andon.kernel.errors import Invalid
from andon.standards.reading import ReadContext
from andon.standards.shapes import nearest, quoted
from andon.tools.pipelines.model.patterns import Pattern, named_by, parse_pattern

#: names that a suggestion is looked for among
_MOST_NAMES = 2_000


def judge_inputs(inputs: Iterable[str], paths: Collection[str], here: ReadContext) -> None:
    """Note each pattern that matches no file of the commit, and inputs that name no file together."""
    patterns = [parse_pattern(text) for text in inputs]
    matching = [any(pattern.matches(path) for path in paths) for pattern in patterns]
    for index, (pattern, matches) in enumerate(zip(patterns, matching, strict=True)):
        if not matches:
            message = f"the pattern {quoted(pattern.text)} matches no file of the commit."
            here.below(index).wrong(message, _suggestion(pattern, paths))
    if patterns and all(matching) and not named_by(patterns, paths):
        here.wrong("these patterns name no file together: each is taken away again.", 'Begin with one like "src/".')


def _suggestion(pattern: Pattern, paths: Collection[str]) -> str:
    """The pattern with the part that is nowhere replaced by the nearest name at its place."""
    sign = "!" if pattern.takes_away else ""
    written = pattern.text.removeprefix("!")
    parts = written.strip("/").split("/")
    above = ""
    for part in parts:
        names = _names_in(above, paths)
        if part not in names:
            near = nearest(part, names)
            meant = written.replace(part, near, 1) if near else ""
            return _ask(f"{sign}{meant}", paths) or f"The nearest folder that is there: {quoted(above or '/')}."
        above += f"{part}/"
    return ""


def _ask(text: str, paths: Collection[str]) -> str:
    try:
        fits = any(parse_pattern(text).matches(path) for path in paths)
    except Invalid:
        return ""
    return f"Did you mean {quoted(text)}?" if fits else ""


def _names_in(folder: str, paths: Collection[str]) -> list[str]:
    found = (path[len(folder) :].partition("/")[0] for path in paths if path.startswith(folder))
    return list(dict.fromkeys(found))[:_MOST_NAMES]
