"""HEAD for whatever answers GET: the same head without a body."""

from __future__ import annotations

from andon.web.asgi import App, Message, Receive, Scope, Send


def with_head(app: App) -> App:
    """The application, which then answers HEAD as well."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return
        is_answered = False

        async def head_only(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start":
                await send(message)
            elif not is_answered:
                is_answered = True
                await send({"type": "http.response.body", "body": b""})

        async def hear() -> Message:
            # what would go on for ever, such as a stream of events, ends with its head
            return {"type": "http.disconnect"} if is_answered else await receive()

        await app({**scope, "method": "GET"}, hear, head_only)

    return answer
