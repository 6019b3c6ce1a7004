"""The main job in a real browser, in both languages: look, filter, a customer's waterfall, a lever, a verdict, an upload."""

import re

import pytest

from churn_dash.words import say
from tests.asking import ALL, asked

pytestmark = pytest.mark.browser
PAGES = ("", "trends", "segments", "risk", "customer", "whatif", "campaigns", "data")
WORDS = {
    "en": {
        "filters": "Filters",
        "tier": "Tier",
        "gold": "Gold",
        "customer": "This customer",
        "would": "Risk would be",
        "response": "model response",
        "check": "Check the file",
        "compare": "Compare with what is published",
        "again": "Nothing is new in these files",
        "publish": "Publish",
        "published": "Published as version",
        "random": "Randomisation is doubtful",
        "not_random": "Evidence C",
        "lost": "have left",
        "overview": "Overview",
    },
    "zh": {
        "filters": "筛选",
        "tier": "客户等级",
        "gold": "金卡",
        "customer": "这位客户",
        "would": "流失风险将为",
        "response": "模型反应",
        "check": "检查文件",
        "compare": "与已发布数据比较",
        "again": "这些文件没有新内容",
        "publish": "发布",
        "published": "已发布为版本",
        "random": "随机化可疑",
        "not_random": "证据 C",
        "lost": "已流失",
        "overview": "总览",
    },
}
_OTHER_FIGURE = """([label, was]) => [...document.querySelectorAll('[data-testid=stMetric]')]
    .some(m => m.innerText.includes(label) && m.innerText !== was)"""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_every_page_opens_without_asking_another_machine_and_without_scrolling_sideways(visit, language, width, theme):
    seen = visit(language, width, theme)
    for page in PAGES:
        seen.go(f"/{page}").clean()
        assert len(seen.answer) > 5
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), page or "overview"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_filter_goes_into_the_address_follows_to_the_next_page_and_survives_reload_and_language(visit, language):
    words = WORDS[language]
    seen = visit(language).go("/")
    before = seen.text
    seen.page.get_by_role("button", name=words["filters"]).click()
    seen.page.get_by_role("combobox", name=words["tier"]).first.click()
    seen.page.get_by_role("option", name=words["gold"]).click()
    seen.page.keyboard.press("Escape")
    seen.settled()
    seen.page.wait_for_url(re.compile(r"where\.tier=gold"))
    assert seen.text != before
    seen.page.get_by_test_id("stSidebarNav").get_by_role("link").nth(1).click()
    seen.settled()
    seen.page.wait_for_url(re.compile(r"/trends\?.*where\.tier=gold"))
    seen.page.reload()
    seen.page.locator("[data-testid=stMain] h1").first.wait_for()
    seen.settled()
    assert words["gold"] in seen.text
    other = "zh" if language == "en" else "en"
    seen.page.get_by_text("中文" if other == "zh" else "English", exact=True).click()
    seen.settled()
    seen.page.wait_for_function(f"document.body.innerText.includes('{WORDS[other]['gold']}')")
    assert "where.tier=gold" in seen.page.url, "the code in the address is the same in every language"
    seen.clean()


def _can_move(risk, ds, model, customer):
    """Whether one step of the customer's first lever to the right changes the risk visibly."""
    row = risk.explain(ds, model, customer, scope=ALL).row
    lever = next(iter(risk.levers(model, row)), None)
    if lever is None:
        return False
    moved = lever.value + lever.step
    return moved <= lever.high and abs(risk.what_if(model, row, {lever.feature: moved}).difference) > 0.002


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_s_waterfall_opens_and_a_lever_moves_the_risk(visit, language, sample_place):
    from churn_dash import risk
    from churn_dash.store import Workspace

    workspace = Workspace.open(sample_place)
    ds = workspace.dataset()
    model = risk.trained(workspace.models, ds.version)
    scored = risk.score(ds, model, scope=ALL).sort("probability", descending=True)["customer_id"].head(60)
    customer = next(c for c in scored if _can_move(risk, ds, model, c))
    words = WORDS[language]
    seen = visit(language).go(f"/customer?customer={customer}")
    seen.page.locator("[data-testid=stPlotlyChart] svg text", has_text=words["customer"]).first.wait_for()
    before = seen.page.get_by_test_id("stMetric").filter(has_text=words["would"]).inner_text()
    lever = seen.page.get_by_role("slider").first
    lever.focus()
    seen.page.keyboard.press("ArrowRight")
    seen.page.wait_for_function(_OTHER_FIGURE, arg=[words["would"], before], timeout=60_000)
    seen.clean()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_customer_page_leads_to_all_levers_and_one_of_them_moves_the_risk(visit, language, sample_place):
    from churn_dash import risk
    from churn_dash.store import Workspace

    workspace = Workspace.open(sample_place)
    ds = workspace.dataset()
    model = risk.trained(workspace.models, ds.version)
    scored = risk.score(ds, model, scope=ALL).sort("probability", descending=True)["customer_id"].head(60)
    customer = next(c for c in scored if _product_moves(risk, ds, model, c))
    words = WORDS[language]
    seen = visit(language).go(f"/customer?customer={customer}")
    seen.page.locator(".st-key-card-what-if").get_by_test_id("stPageLink").get_by_role("link").click()
    seen.page.wait_for_url(re.compile(rf"/whatif\?.*{customer}"))
    seen.settled()
    before = seen.page.get_by_test_id("stMetric").filter(has_text=words["would"]).inner_text()
    lever = seen.page.locator(f".st-key-wi-{customer}-product_count").get_by_role("slider")
    lever.focus()
    seen.page.keyboard.press("ArrowRight")
    seen.page.wait_for_function(_OTHER_FIGURE, arg=[words["would"], before], timeout=60_000)
    seen.settled()
    assert words["response"] in seen.answer
    seen.clean()


def _product_moves(risk, ds, model, customer):
    row = risk.explain(ds, model, customer, scope=ALL).row
    return abs(risk.what_if(model, row, {"product_count": row["product_count"] + 1}).difference) > 0.002


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_campaign_verdict_is_read_and_a_declared_draw_that_the_groups_refute_is_told(visit, language):
    words = WORDS[language]
    seen = visit(language).go("/campaigns?campaign=C03a")
    assert words["not_random"] in seen.text

    def pressed(title, name):
        seen.page.get_by_text(say(title, language), exact=True).click()
        seen.page.get_by_placeholder(say("kept with the declaration", language)).fill("Li")
        seen.page.get_by_role("button", name=say(name, language)).click()

    pressed("Declare that the groups were drawn at random", "Declare")
    seen.page.wait_for_function(f"document.body.innerText.includes('{words['random']}')", timeout=60_000)
    pressed("Take the declared draw back", "Take back")
    seen.page.wait_for_function(f"document.body.innerText.includes('{words['not_random']}')", timeout=60_000)
    seen.settled().clean()


def test_the_csv_of_a_card_downloads_with_a_bom(visit):
    seen = visit("en").go("/")
    seen.page.get_by_test_id("stPopover").nth(1).get_by_role("button").click()
    with seen.page.expect_download() as waiting:
        seen.page.get_by_role("button", name="Download CSV").click()
    data = waiting.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    assert waiting.value.suggested_filename == "churn-by-month-v1.csv"
    seen.clean()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_extract_is_uploaded_checked_and_published_beside_the_sample_bank(visit, language, extract_file, sample_place):
    words = WORDS[language]
    seen = visit(language).go("/data")
    seen.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(extract_file))
    seen.page.get_by_role("button", name=words["check"]).click(timeout=60_000)
    if language == "zh":  # the first language published the same file into the same workspace
        seen.page.get_by_role("button", name=words["compare"]).click(timeout=60_000)
    seen.page.get_by_role("button", name=words["publish"], exact=True).click(timeout=60_000)
    seen.page.wait_for_function(
        f"document.querySelector('[data-testid=stMain] h1')?.innerText?.includes('{words['again' if language == 'zh' else 'published']}')",
        timeout=60_000,
    )
    seen.page.get_by_test_id("stSidebarNav").get_by_role("link", name=words["overview"]).click()
    seen.page.wait_for_function(
        f"document.querySelector('[data-testid=stMain] h1')?.innerText?.includes('{words['lost']}')", timeout=60_000
    )
    assert "1,200" in seen.settled().text
    assert "data=own" in seen.page.url
    assert (sample_place.with_name("bank-own") / "workspace.json").exists()
    seen.clean()


def test_a_file_that_is_no_extract_is_refused_in_a_sentence(visit, tmp_path):
    path = tmp_path / "holiday.csv"
    path.write_text("date,weather\n2026-01-01,sun\n2026-01-02,rain\n")
    seen = visit("en").go("/data")
    seen.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(path))
    seen.page.wait_for_function("document.body.innerText.includes('is no customer extract')", timeout=60_000)
    seen.settled().clean()


def test_the_whole_list_of_customers_downloads_as_excel_with_ids_as_text(visit, sample_place):
    import io

    import openpyxl

    from churn_dash.measures import measure
    from churn_dash.store import Workspace

    everybody = measure(asked(Workspace.open(sample_place).dataset()), ["customers"])["customers"][0]
    seen = visit("zh").go("/segments")
    seen.page.locator(".st-key-menu-people").get_by_role("button").click()
    with seen.page.expect_download() as waiting:
        seen.page.get_by_role("button", name="下载 Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    sheet = book["名单"]
    assert sheet.max_row == everybody + 1, "every customer, not only those on the page"
    assert sheet["A1"].value == "客户" and sheet["A2"].data_type == "s"
    assert "数据版本" in [row[0].value for row in book["说明"].rows]
    seen.clean()
