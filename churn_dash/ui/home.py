"""The first page by its name: Streamlit serves its default page at the root alone and calls any other address of it not found."""

from churn_dash.ui.gate import Application, Message, Receive, Send

HOME = "overview"
"""The page at the root."""


class Home:
    """ASGI middleware: a request for the first page by its name is sent on to the root, with what stands after the question mark."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.strip("/") != HOME:
            await self.app(scope, receive, send)
            return
        asked = scope.get("query_string", b"")
        # Relative: a proxy may serve the dashboard under a path of its own.
        root = b"../" if path.endswith("/") else b"./"
        location = root + (b"?" + asked if asked else b"")
        await send({"type": "http.response.start", "status": 307, "headers": [(b"location", location), (b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
