"""The page of secrets: which there are, who set each one, and when. No page shows a value."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from andon.kernel.words import plural
from andon.tools.infra.views import KnownSecrets
from andon.web.pages import Asked, Pages


@get("/secrets", sync_to_thread=False, include_in_schema=False, opt={"permission": "promote"})
def secrets_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], secrets: NamedDependency[KnownSecrets]
) -> Response[str]:
    """Every secret by environment, service and name. Errors: Forbidden."""
    known = secrets.of()
    sentence = f"{plural(len(known), 'secret')}." if known else "No secrets."
    return pages.show(
        "infra/secrets.html",
        asked,
        live=("secret/",),
        known=known,
        sentence=sentence,
        unmatched_of=secrets.places.unmatched,
    )


HANDLERS = (secrets_page,)
