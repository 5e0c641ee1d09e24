"""A printed line as a terminal would show it at the end: text with styles; everything else that it orders is dropped.

One line at a time, so that a line looks the same wherever a window of a log begins: carriage returns, backspaces and
moves within the line are followed, moves to other lines are not.
Source: ECMA-48, control functions SGR, EL, CHA, CUF, CUB; colours of 256 as xterm has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
#: what the sixteen colours look like, to find the nearest one for a mixture
_LOOKS = (
    *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
    *((127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255)),
    (255, 255, 255),
)
#: levels of a component in the cube of 216 colours
_LEVELS = (0, 95, 135, 175, 215, 255)
#: columns; a line that is moved further is not followed
_WIDEST = 16_384

#: an order to a terminal: CSI with its numbers, a text order up to its end, or a short one
_ORDER = re.compile(
    r"\x1b(?:\[(?P<numbers>[0-?]*)[ -/]*(?P<kind>[@-~])|[\]_P^X][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]+[0-~]|[0-Z\\-~])"
)
#: controls, C1, and what turns the direction of writing
_UNSEEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SPECIAL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MOVE = re.compile(r"[\r\x08]|[^\r\x08]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a piece of text looks. A colour is a number: 0 to 7, and 8 to 15 for the bright ones."""

    colour: int | None = None
    background: int | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    inverse: bool = False

    @property
    def classes(self) -> str:
        """For a page: "ansi-red ansi-bold"."""
        names = [f"ansi-{name}" for name in ("bold", "dim", "italic", "underlined", "struck") if getattr(self, name)]
        colour, background = (self.background, self.colour) if self.inverse else (self.colour, self.background)
        if colour is not None:
            names.append(f"ansi-{_name(colour)}")
        if background is not None or self.inverse:
            names.append(f"ansi-on-{_name(background) if background is not None else 'text'}")
        return " ".join(names)

    @property
    def numbers(self) -> str:
        """For a terminal: "1;31"."""
        flags = {"bold": 1, "dim": 2, "italic": 3, "underlined": 4, "inverse": 7, "struck": 9}
        numbers = [number for name, number in flags.items() if getattr(self, name)]
        if self.colour is not None:
            numbers.append(30 + self.colour if self.colour < 8 else 82 + self.colour)
        if self.background is not None:
            numbers.append(40 + self.background if self.background < 8 else 92 + self.background)
        return ";".join(map(str, numbers))


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one style."""

    text: str
    style: Style = PLAIN


_BLANKS_PER_CHARACTER = 4


def spans(line: str) -> tuple[Span, ...]:
    """The line as it looks at the end."""
    if not _SPECIAL.search(line):
        return (Span(line),) if line else ()
    screen = _Line(most_blanks=_BLANKS_PER_CHARACTER * len(line) + _WIDEST)
    at = 0
    for order in _ORDER.finditer(line):
        screen.print(line[at : order.start()])
        if order["kind"]:
            screen.obey(order["kind"], order["numbers"])
        at = order.end()
    screen.print(line[at:])
    return tuple(screen.spans())


def readable(line: str) -> str:
    """The line as it looks at the end, without styles."""
    return "".join(span.text for span in spans(line))


def painted(line: str) -> str:
    """The line as it looks at the end, for a terminal with colours."""
    parts = spans(line)
    if all(span.style == PLAIN for span in parts):
        return "".join(span.text for span in parts)
    return "".join(
        f"\x1b[{span.style.numbers}m{span.text}\x1b[0m" if span.style != PLAIN else span.text for span in parts
    )


class _Line:
    """The cells of one line, and where the next character goes."""

    def __init__(self, most_blanks: int) -> None:
        self._cells: list[tuple[str, Style]] = []
        #: that orders may still make; an order costs a few characters, and could make a whole line of them
        self._blanks_left = most_blanks
        self._at = 0
        self._style = PLAIN

    def print(self, text: str) -> None:
        """Characters over what stands there."""
        for part in _MOVE.findall(text):
            if part == "\r":
                self._at = 0
            elif part == "\x08":
                self._at = max(0, self._at - 1)
            else:
                self._write(_UNSEEN.sub("", part))

    def obey(self, kind: str, numbers: str) -> None:
        """One order; those that are not for this line, or not for looks, do nothing."""
        first = _numbers(numbers)[0] if kind in "GCDK" else 0
        match kind:
            case "m":
                self._style = _styled(self._style, _numbers(numbers.replace(":", ";")))
            case "G":
                self._at = min(max(first, 1), _WIDEST) - 1
            case "C":
                self._at = min(self._at + max(first, 1), _WIDEST)
            case "D":
                self._at = max(0, self._at - max(first, 1))
            case "K":
                self._erase(first)

    def spans(self) -> Iterator[Span]:
        """Neighbours in one style together."""
        for style, cells in groupby(self._cells, key=itemgetter(1)):
            yield Span("".join(character for character, _ in cells), style)

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._at > len(self._cells):
            self._at = len(self._cells) + self._granted(self._at - len(self._cells))
            self._cells += [(" ", PLAIN)] * (self._at - len(self._cells))
        self._cells[self._at : self._at + len(text)] = [(character, self._style) for character in text]
        self._at += len(text)

    def _granted(self, blanks: int) -> int:
        """So many blanks, or as many as are left."""
        granted = min(blanks, self._blanks_left)
        self._blanks_left -= granted
        return granted

    def _erase(self, which: int) -> None:
        if which == 0:
            del self._cells[self._at :]
        elif which == 2:
            self._cells.clear()
        else:
            blank = self._granted(min(self._at + 1, len(self._cells)))
            self._cells[:blank] = [(" ", PLAIN)] * blank


def _numbers(text: str) -> list[int]:
    """Numbers of an order; one that is left out is 0."""
    return [int(number) if number.isdecimal() else 0 for number in text[:200].split(";")]


_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underlined", 7: "inverse", 9: "struck"}
_UNFLAGS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underlined",), 27: ("inverse",), 29: ("struck",)}


def _styled(style: Style, numbers: list[int]) -> Style:
    """The style after an order; blinking and hidden letters are not followed."""
    rest = iter(numbers)
    for number in rest:
        if number == 0:
            style = PLAIN
        elif number in _FLAGS:
            style = replace(style, **{_FLAGS[number]: True})
        elif number in _UNFLAGS:
            style = replace(style, **dict.fromkeys(_UNFLAGS[number], False))
        elif number in {38, 48}:
            colour = _mixed(rest)
            style = replace(style, colour=colour) if number == 38 else replace(style, background=colour)
        else:
            style = _coloured(style, number)
    return style


def _coloured(style: Style, number: int) -> Style:
    tens, unit = divmod(number, 10)
    known = {3: ("colour", 0), 9: ("colour", 8), 4: ("background", 0), 10: ("background", 8)}
    if tens not in known or unit > 9 or (unit > 7 and tens in {9, 10}) or unit == 8:
        return style
    field, bright = known[tens]
    value = None if unit == 9 else unit + bright
    return replace(style, colour=value) if field == "colour" else replace(style, background=value)


def _mixed(rest: Iterator[int]) -> int | None:
    """The nearest of the sixteen colours to one of 256, or to a mixture."""
    how = next(rest, 0)
    if how == 5:
        number = next(rest, 0)
        return number if number < 16 else _nearest(_of_256(number))
    if how == 2:
        return _nearest((next(rest, 0), next(rest, 0), next(rest, 0)))
    return None


def _of_256(number: int) -> tuple[int, int, int]:
    if number >= 232:
        grey = 8 + 10 * (number - 232)
        return grey, grey, grey
    cube = number - 16
    return _LEVELS[cube // 36 % 6], _LEVELS[cube // 6 % 6], _LEVELS[cube % 6]


def _nearest(colour: tuple[int, int, int]) -> int:
    return min(range(16), key=lambda one: sum((a - b) ** 2 for a, b in zip(_LOOKS[one], colour, strict=True)))


def _name(colour: int) -> str:
    return COLOURS[colour] if colour < 8 else f"bright-{COLOURS[colour - 8]}"
