"""The body of a call, read with care: one that is no JSON is somebody's mistake, never the server's failure."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import State

from andon.kernel.errors import Invalid
from andon.web.unknown_words import known_fields


class CarefulRequest(Request[Any, Any, State]):
    """A request whose body may be anything."""

    async def json(self) -> Any:
        """The body. Errors: Invalid where the framework's own reader gives up without a word of what is wrong."""
        try:
            body = await super().json()
        except UnicodeDecodeError as error:
            raise Invalid(
                f"The body is no UTF-8: byte {error.start} does not belong there. Send JSON as UTF-8."
            ) from error
        except RecursionError as error:
            raise Invalid("The body is nested too deeply. Nothing that is asked for here needs that.") from error
        known_fields(body, self.route_handler)
        return body
