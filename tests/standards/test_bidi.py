"""Nobody's text turns the direction of what stands after it, on pages and in files."""

from __future__ import annotations

from markupsafe import Markup

from andon.standards.bidi import unturned
from andon.web.assets import Assets
from andon.web.charts.standalone import standalone
from andon.web.templates import template_environment

TURNED = "fix \u202egpj.exe\u2066"


def test_what_turns_is_a_sign() -> None:
    """Everything else stays, other scripts too."""
    assert unturned(TURNED) == "fix �gpj.exe�"
    assert unturned("שלום é 日本") == "שלום é 日本"


def test_a_page_shows_no_text_that_turns() -> None:
    """Escaped text and markup alike; what is escaped stays so."""
    environment = template_environment({}, Assets())
    shown = environment.from_string("{{ text }} {{ markup }} {{ 7 }}").render(
        text=f"<b>{TURNED}", markup=Markup("<i>{}</i>").format(TURNED)
    )
    assert shown == "&lt;b&gt;fix �gpj.exe� <i>fix �gpj.exe�</i> 7"


def test_a_report_shows_none_either() -> None:
    """One file, the same care."""
    assert "\u202e" not in standalone(TURNED, Markup("<p>{}</p>").format(TURNED))
