"""The wizard of the Data page with GB18030 files: choose, read, match, check, compare, publish; the next month; undo; an older version."""

import shutil

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def empty(sample_place):
    """The bank's own workspace, empty."""
    shutil.rmtree(sample_place.with_name("bank-own"), ignore_errors=True)


def _load(seen, path, compare):
    seen.go("/data?data=own")
    seen.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(path))
    seen.page.get_by_role("button", name="检查文件").wait_for(timeout=60_000)
    assert any("gb18030" in box.input_value() for box in seen.settled().page.get_by_role("combobox").all())
    seen.page.get_by_role("button", name="检查文件").click()
    seen.page.wait_for_function(
        "document.body.innerText.includes('没有一行被悄悄丢弃') || document.body.innerText.includes('没有需要隔离的行')"
    )
    if compare:
        seen.settled().page.get_by_role("button", name="与已发布数据比较").click()
        seen.page.wait_for_function("document.body.innerText.includes('将成为版本')", timeout=60_000)
    text = seen.settled().text
    seen.page.get_by_role("button", name="发布", exact=True).click()
    seen.page.wait_for_function("document.querySelector('[data-testid=stMain] h1')?.innerText?.includes('已发布为版本')", timeout=60_000)
    return text


def test_two_months_go_through_the_wizard_the_second_as_the_first_then_undo_and_look_back(visit, monthly_files):
    seen = visit("zh")
    first = _load(seen, monthly_files[0], compare=False)
    assert "流失的客户会怎样" in first, "what the file leaves open is asked"
    second = _load(seen, monthly_files[1], compare=True)
    assert "客户月表_202401.csv" in second and "电话" in second, "the source is known, and what is different is listed"
    assert "1 行已隔离" in second
    before = seen.settled().answer
    seen.page.get_by_role("button", name="撤销").click()
    seen.page.wait_for_function("document.body.innerText.includes('恢复')", timeout=60_000)
    assert "恢复" in seen.settled().text and before
    seen.page.get_by_role("button", name="打开", exact=True).click()
    seen.page.wait_for_function("document.body.innerText.includes('仅供查看；最新版本为')", timeout=60_000)
    seen.settled().page.get_by_role("button", name="回到最新版本").click()
    seen.page.wait_for_function("!document.body.innerText.includes('仅供查看；最新版本为')", timeout=60_000)
    seen.settled().clean()


@pytest.mark.parametrize("width", [390])
def test_the_wizard_fits_a_phone(visit, monthly_files, width):
    seen = visit("zh", width).go("/data")
    seen.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(monthly_files[0]))
    seen.page.get_by_role("button", name="检查文件").wait_for(timeout=60_000)
    seen.settled()
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    seen.clean()


def test_a_template_downloads_with_an_example_row(visit):
    seen = visit("zh").go("/data")
    with seen.page.expect_download() as waiting:
        seen.page.get_by_role("button", name="CSV", exact=True).click()
    lines = waiting.value.path().read_bytes().decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[0].startswith("客户号") and lines[1].startswith("000123")
