import asyncio
import socket

import pytest

from churn_dash.errors import NotPossible, WorkspaceProblem
from churn_dash.ui import gate, server


def asked(scope, hosts=gate.LOCAL):
    """What the application saw and what was sent back."""
    seen, sent = [], []

    async def inside(scope, receive, send):
        seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOWALL")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    asyncio.run(gate.Gate(inside, hosts)(scope, receive, send))
    return seen, sent


def request(host=b"localhost:8501", kind="http", extra=()):
    return {"type": kind, "path": "/", "headers": [(b"host", host), *extra]}


def test_every_answer_forbids_fetching_anything_from_elsewhere():
    _seen, sent = asked(request())
    headers = dict(sent[0]["headers"])
    policy = headers[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy and "img-src 'self' data: blob:" in policy and "object-src 'none'" in policy
    assert "http:" not in policy and "https:" not in policy
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert [v for k, v in sent[0]["headers"] if k == b"x-frame-options"] == [b"SAMEORIGIN"], "the inner value is replaced, not doubled"


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_foreign_name_for_this_server_is_refused(kind):
    seen, sent = asked(request(b"evil.example:8501", kind))
    assert not seen
    assert sent[0].get("status") == 403 or sent[0]["type"] == "websocket.close"


@pytest.mark.parametrize("host", [b"localhost", b"127.0.0.1:8501", b"[::1]:9000", b"LOCALHOST:1"])
def test_this_machine_s_own_names_pass(host):
    assert asked(request(host))[0]


def test_a_client_cannot_say_who_it_is():
    seen, _sent = asked(request(extra=[(b"X-Churn-Dash-User", b"admin"), (b"accept", b"*/*")]))
    assert [k for k, _v in seen[0]["headers"]] == [b"host", b"accept"]


def test_a_lifespan_message_passes_untouched():
    assert asked({"type": "lifespan"})[0]


def test_the_server_finds_the_pages_of_the_checkout():
    assert server.app_file().name == "app.py"
    assert (server.app_file().parent / "pages" / "overview_page.py").is_file()


def test_an_installation_without_pages_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(server, "__file__", str(tmp_path / "a" / "b" / "server.py"))
    monkeypatch.setattr(server.sys, "prefix", str(tmp_path))
    with pytest.raises(WorkspaceProblem, match="has no pages"):
        server.app_file()


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(NotPossible, match=str(port)):
            server.serve(tmp_path, port)
