"""A picture read back: its drawing as XML, its table as words."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from andon.web.charts.figure import Figure, FigureCell

SVG = "{http://www.w3.org/2000/svg}"


def drawing(figure: Figure) -> ET.Element:
    """The parsed drawing; fails on anything that is no XML."""
    text = str(figure.svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ET.fromstring(text)


def of_kind(figure: Figure, kind: str) -> list[ET.Element]:
    """Every mark with this class."""
    return [mark for mark in drawing(figure).iter() if kind in mark.get("class", "").split()]


def texts(figure: Figure) -> list[str]:
    """Every word in the picture."""
    return ["".join(mark.itertext()) for mark in drawing(figure).iter(f"{SVG}text")]


def fields(figure: Figure) -> list[list[str]]:
    """The rows of the table as words."""
    return [[cell.words if isinstance(cell, FigureCell) else cell for cell in row] for row in figure.table.rows]


def places(figure: Figure) -> list[float]:
    """Every place across, in percent."""
    found = re.findall(r'\b(?:x|cx|x1|x2)="(-?[\d.]+)%"', str(figure.svg))
    return [float(place) for place in found]
