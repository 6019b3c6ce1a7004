"""The door of the server: everybody passes until accounts exist; every answer carries the headers that keep a page to itself."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""Nothing is fetched from elsewhere: an image address in the data cannot call home."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)

IDENTITY = b"x-churn-dash-user"
"""Set by the gate alone once there are accounts; what a client sends under this name is dropped."""

LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Gate:
    """ASGI middleware on http and websocket alike. ``hosts`` are the names under which the server may be addressed."""

    def __init__(self, app: Application, hosts: frozenset[str] = LOCAL) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if not self._addressed(scope):
            await _refused(scope, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != IDENTITY]

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [h for h in message.get("headers", ()) if h[0].lower() not in {name for name, _value in HEADERS}]
                message["headers"] = [*kept, *HEADERS]
            await send(message)

        await self.app({**scope, "headers": headers}, receive, marked)

    def _addressed(self, scope: Message) -> bool:
        """Whether the Host header names this server: a foreign name pointing here is an attempt to read it through a browser."""
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"), "")
        return "*" in self.hosts or _name(host) in self.hosts


def _name(host: str) -> str:
    """The host without its port.

    >>> _name("LocalHost:8501"), _name("[::1]:8501")
    ('localhost', '[::1]')
    """
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


async def _refused(scope: Message, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]})
    await send({"type": "http.response.body", "body": b"This address does not belong to this server."})
