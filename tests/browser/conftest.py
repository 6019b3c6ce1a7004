"""A real server and a real browser; skipped with a reason where Chromium is absent."""

import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_LOCAL = re.compile(r"^(https?|wss?)://127\.0\.0\.1[:/]|^(data|blob|about):")
_CUSTOMERS, _MONTHS = 1_500, 24


@pytest.fixture(scope="session")
def chromium():
    """Playwright's Chromium, or the system's."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)
    with playwright.sync_playwright() as tools:
        path = found or (tools.chromium.executable_path if pathlib.Path(tools.chromium.executable_path).exists() else None)
        if path is None:
            pytest.skip("no Chromium was found: install it, for example with apt-get install chromium")
        browser = tools.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_place(tmp_path_factory):
    """A small sample bank with a model."""
    from churn_dash import risk, sample
    from churn_dash.intake.typed import extract_of
    from churn_dash.store import Workspace, publish

    root = tmp_path_factory.mktemp("browser") / "bank"
    workspace = Workspace.create(root, sample=True)
    publish(workspace, extract_of(sample.generate(3, _CUSTOMERS, _MONTHS).tables, "browser-bank"))
    risk.train(workspace.dataset(), workspace.models, model="logistic")
    return root


@pytest.fixture(scope="session")
def extract_file(tmp_path_factory):
    """One row a customer with a flag, as GB18030 with Chinese headers."""
    rng, rows = random.Random(5), []
    for i in range(1_200):
        age, region = rng.randint(18, 80), rng.choice(["城北", "城南", "城东"])
        left = rng.random() < 0.1 + 0.3 * (age > 55) + 0.2 * (region == "城北")
        rows.append(f"{i:06d},{age},{region},{rng.randint(1, 4)},{round(rng.random() * 1e5, 2)},{'是' if left else '否'}")
    path = tmp_path_factory.mktemp("extract") / "客户.csv"
    path.write_bytes(("客户号,年龄,地区,持有产品,余额,是否流失\n" + "\n".join(rows)).encode("gb18030"))
    return path


@pytest.fixture(scope="session")
def monthly_files(tmp_path_factory):
    """Two months of one source as GB18030 with Chinese headers; the second has a bad row and a category never seen before."""
    rng, folder, files = random.Random(6), tmp_path_factory.mktemp("months"), []
    for month, n in ((1, 400), (2, 380)):
        rows = [
            f"{i:06d},2024-{month:02d},{rng.lognormvariate(2, 1):.2f},{rng.choice(['大众', '金'])},{rng.choice(['网点', '手机'])}"
            for i in range(n)
        ]
        if month == 2:
            rows[3] = rows[3].replace("2024-02", "2024-13")
            rows[4] = rows[4].rsplit(",", 1)[0] + ",电话"
        path = folder / f"客户月表_2024{month:02d}.csv"
        path.write_bytes(("客户号,月份,月末资产（万元）,客户等级,渠道\n" + "\n".join(rows)).encode("gb18030"))
        files.append(path)
    return files


@contextmanager
def served(sample_place):
    """The dashboard on a free port of this machine; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"from churn_dash.ui.server import serve; serve({str(sample_place)!r}, {port})"
    log = (sample_place.parent / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=10)
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail("the server did not start: " + (sample_place.parent / "server.log").read_text()[-800:])
        yield address
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="session")
def server(sample_place):
    """The dashboard that shows the sample bank; its address."""
    with served(sample_place) as address:
        yield address


class Visit:
    """A page in the browser, with what it asked of the network and what went wrong."""

    def __init__(self, page, address):
        self.page, self.address, self.outside, self.failed = page, address, [], []
        page.on("request", lambda r: None if _LOCAL.match(r.url) else self.outside.append(r.url))
        page.on("pageerror", lambda e: self.failed.append(str(e)))

    def go(self, path):
        self.page.goto(self.address + path)
        self.page.locator("[data-testid=stMain] h1").first.wait_for(timeout=60_000)
        return self.settled()

    def settled(self):
        """Wait until the script has run and every card is drawn."""
        self.page.wait_for_timeout(400)
        self.page.wait_for_function(
            "document.querySelectorAll('[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]').length === 0",
            timeout=60_000,
        )
        return self

    @property
    def text(self):
        return self.page.locator("[data-testid=stApp]").inner_text()

    @property
    def answer(self):
        return self.page.locator("[data-testid=stMain] h1").first.inner_text()

    def clean(self):
        """Nothing was asked of another machine, nothing failed, no traceback stands on the page."""
        assert self.outside == []
        assert self.failed == []
        assert "Traceback" not in self.text and "Something went wrong" not in self.text


@pytest.fixture
def visit(chromium, server):
    """Open a browser context in a language; closed afterwards."""
    contexts = []

    def opened(language="en", width=1440, theme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale="zh-CN" if language == "zh" else "en-US",
            accept_downloads=True,
        )
        contexts.append(context)
        return Visit(context.new_page(), server)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def cold(chromium, sample_place):
    """A page, still empty, and a server that nobody has asked anything yet."""
    with served(sample_place) as address:
        page = chromium.new_page()
        yield Visit(page, address)
        page.close()
