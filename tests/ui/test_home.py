import asyncio

import pytest

from churn_dash.ui import gate, home


def asked(path, query=b"", kind="http"):
    """Whether the application was asked, and what was sent back."""
    seen, sent = [], []

    async def inside(scope, receive, send):
        seen.append(scope["path"])

    async def nothing():
        return {}

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "path": path, "query_string": query, "headers": [(b"host", b"localhost")]}
    asyncio.run(gate.Gate(home.Home(inside))(scope, nothing, send))
    return seen, sent


@pytest.mark.parametrize(("path", "to"), [("/overview", b"./"), ("/overview/", b"../")])
def test_the_first_page_by_its_name_is_sent_to_the_root_with_the_query(path, to):
    seen, sent = asked(path, b"lang=zh-Hans&where.tier=gold")
    assert seen == [] and sent[0]["status"] == 307
    assert dict(sent[0]["headers"])[b"location"] == to + b"?lang=zh-Hans&where.tier=gold"
    assert b"content-security-policy" in dict(sent[0]["headers"]), "the gate's headers stand on this answer, too"
    assert dict(asked(path)[1][0]["headers"])[b"location"] == to


@pytest.mark.parametrize("path", ["/", "/trends", "/overviews", "/static/overview", "/_stcore/health"])
def test_every_other_address_is_the_application_s(path):
    assert asked(path) == ([path], [])


def test_the_websocket_is_never_sent_elsewhere():
    assert asked("/overview", kind="websocket") == (["/overview"], [])
