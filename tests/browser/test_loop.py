"""From a frozen worklist to ROI: freeze on the page, take the file, fill it in, bring it back, load the months that came, see the money."""

import datetime

import openpyxl
import pytest

from tests.browser.conftest import Visit, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """A bank as it was three months before its end, modelled; and its tables at the end."""
    from churn_dash import risk, sample
    from churn_dash.intake.typed import extract_of
    from churn_dash.store import Workspace, publish
    from tests.retention.loop.cutting import cut, later

    tables = sample.generate(3, 1_500, 24).tables
    space = Workspace.create(tmp_path_factory.mktemp("loop") / "bank", sample=True)
    publish(space, extract_of(cut(tables, 3), "cut"))
    risk.train(space.dataset(), space.models, model="logistic")
    return space, later(tables)


def filled(path, day):
    """The managers' work: every second call reached, every fourth takes the offer, the rest is not reached."""
    book = openpyxl.load_workbook(path)
    n = 0
    for sheet in book.worksheets[:-1]:
        head = {c.value: c.column for c in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, head["Result of the call"]).value = "not reached" if n % 2 else "reached"
            sheet.cell(row, head["Day of the contact"]).value = day
            sheet.cell(row, head["Channel of contact"]).value = "Telephone" if n % 3 else "Visit"
            sheet.cell(row, head["Cost of the contact, ¥"]).value = 15
            if n % 4 == 0:
                sheet.cell(row, head["Offer accepted"]).value = "yes"
                sheet.cell(row, head["Cost of the offer, ¥"]).value = 60
            n += 1
    book.save(path)
    return n


def test_from_a_frozen_worklist_to_what_it_brought(chromium, bank, tmp_path):
    from churn_dash.intake.typed import extract_of
    from churn_dash.store import publish

    space, whole = bank
    end = space.dataset().data_end
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, locale="en-US", accept_downloads=True)
    with served(space.root) as address:
        seen = Visit(context.new_page(), address).go("/worklist?capacity=50&grades=hm")
        page = seen.page
        page.get_by_role("link", name="Freeze this list").click()
        page.get_by_label("Name of the list").wait_for(timeout=60_000)
        seen.settled()
        assert "No list is frozen yet" in seen.answer
        page.get_by_label("Name of the list").fill("Autumn calls")
        page.get_by_role("button", name="Freeze the list").click()
        page.get_by_text("is frozen as data version 2").wait_for(timeout=90_000)
        seen.settled()
        members = space.dataset().table("campaign_assignments")
        called = members.filter(members["arm"] == "treated").height
        with page.expect_download() as taken:
            page.get_by_role("button", name="Download Excel, a sheet a manager").click()
        path = tmp_path / "list.xlsx"
        taken.value.save_as(path)
        assert filled(path, end + datetime.timedelta(days=7)) == called
        page.locator("input[type=file]").set_input_files(path)
        page.get_by_text(f"{called} calls are new").wait_for(timeout=60_000)
        page.get_by_role("button", name="Take over").click()
        page.get_by_text("Taken over as data version 3").wait_for(timeout=90_000)
        assert "Not yet due" in seen.settled().text
        publish(space, extract_of(whole, "months that came"))
        seen.go("/followup")
        assert "can be judged" in seen.answer
        text = seen.text
        assert "Return for each ¥1" in text and "it pays for itself from an effect of" in text
        assert "As treated, not at random" in text or seen.page.locator(".st-key-card-as-assigned [data-testid=stPlotlyChart]").count() == 1
        assert f"{called} of {called} calls have been entered" in text and "Registered on" in text
        seen.clean()
    context.close()
