"""The pages Why they left and Satisfaction: figures of the rooms below, forms, and data that lack something."""

import importlib
import shutil

import pytest

from churn_dash import sample
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.pages.reading import answer, opened, percent, words


@pytest.fixture(scope="module")
def small_tables():
    return sample.generate(3, 300, 12).tables


def place(tables, root):
    publish(Workspace.create(root), extract_of(tables, "small"))
    return root


@pytest.fixture
def copied(bank_folder, tmp_path):
    return shutil.copytree(bank_folder, tmp_path / "copy")


def test_the_answer_states_the_unknown_share_of_the_command(bank_folder, looking_at):
    from churn_dash.causes import departures

    looking_at(bank_folder)
    found = departures(asked(Workspace.open(bank_folder).dataset()))
    at = opened("causes")
    assert f"{100 * found.unknown_share:.2f}%" in answer(at)
    assert f"{found.lost:,}" in answer(at)


def test_satisfaction_is_stated_raw_and_weighted(bank_folder, looking_at):
    from churn_dash.causes import satisfaction

    looking_at(bank_folder)
    whole = satisfaction(asked(Workspace.open(bank_folder).dataset())).whole
    at = opened("satisfaction")
    assert f"{100 * whole['csat']:.2f}%" in answer(at)
    assert f"weighted {100 * whole['csat_weighted']:.2f}%" in words(at)


def test_every_association_says_so(bank_folder, looking_at, monkeypatch, nothing_remembered):
    monkeypatch.setattr(importlib.import_module("churn_dash.causes.hypotheses"), "EVENTS_EACH", 3)
    looking_at(bank_folder)
    assert "association, not cause" in words(opened("causes"))
    assert words(opened("satisfaction")).count("association") >= 2


def test_a_reason_recorded_on_the_page_moves_its_departures(copied, looking_at):
    looking_at(copied)
    at = opened("causes")
    at.selectbox(key="map-code").set_value("fee").run()
    fields = [at.selectbox(key=f"map-{name}-fee-0").value for name in ("class", "deficit", "decided")]
    assert fields == ["price", "opaque_price", "voluntary"]
    at.selectbox(key="map-code").set_value("competitor").run()
    assert at.selectbox(key="map-class-competitor-0").value == "competition"
    at.selectbox(key="map-class-competitor-0").set_value("price")
    at.button(key="map-record").click().run()
    assert not at.exception
    from churn_dash.causes.settings import reason_map

    found = reason_map(Workspace.open(copied).dataset())
    assert (found.version, found.cause("competitor").cause_class) == (1, "price")
    assert "Competitors" not in answer(at)


def test_a_code_outside_the_map_is_recorded_once_somebody_says_what_it_stands_for(copied, looking_at, monkeypatch):
    from churn_dash.causes.settings import ReasonMap
    from churn_dash.contract.causes import CAUSES
    from churn_dash.ui.reasons_why import reason_map

    monkeypatch.setattr(reason_map, "reason_map", lambda _ds: ReasonMap({c: cause for c, cause in CAUSES.items() if c != "competitor"}))
    looking_at(copied)
    at = opened("causes")
    at.selectbox(key="map-code").set_value("competitor").run()
    assert at.selectbox(key="map-class-competitor-0").value is None
    assert at.button(key="map-record").disabled


def test_a_category_of_complaints_points_to_the_deficit_recorded_on_the_page(copied, looking_at):
    from churn_dash.causes.settings import reason_map

    looking_at(copied)
    at = opened("causes")
    at.selectbox(key="map-category").set_value("service").run()
    assert at.selectbox(key="map-complaint-service-0").value == "service_quality"
    at.selectbox(key="map-complaint-service-0").set_value("innovation")
    at.button(key="map-complaint-record").click().run()
    assert not at.exception
    assert reason_map(Workspace.open(copied).dataset()).complaints["service"] == "innovation"


def test_an_improvement_marked_on_the_page_is_followed(copied, looking_at):
    looking_at(copied)
    at = opened("satisfaction")
    assert "none marked yet" in words(at)
    at.text_input(key="improvement-name").set_value("Shorter queues")
    at.date_input(key="improvement-date").set_value(Workspace.open(copied).dataset().measurable[-6])
    next(b for b in at.button if b.label == "Mark the improvement").click().run()
    assert not at.exception
    assert "satisfaction rose after" in words(at)


def test_an_improvement_without_a_name_is_one_sentence(copied, looking_at):
    looking_at(copied)
    at = opened("satisfaction")
    next(b for b in at.button if b.label == "Mark the improvement").click().run()
    assert not at.exception
    assert "Give the improvement a name of at most" in words(at)


def test_limits_of_loyalty_out_of_order_are_one_sentence(copied, looking_at):
    looking_at(copied)
    at = opened("satisfaction", **{"satisfaction-view": "loyalty"})
    at.number_input(key="cut-wavering").set_value(95.0)
    next(b for b in at.button if b.label == "Record").click().run()
    assert not at.exception
    assert "must begin one below the other" in words(at)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("answers", "By wave of questionnaires"),
        ("expected", "of customers log in"),
        ("complaints", "By category"),
        ("loyalty", "A cut-off moved"),
    ],
)
def test_every_view_of_satisfaction_opens_by_its_address_and_is_drawn_alone(view, said, bank_folder, looking_at):
    looking_at(bank_folder)
    at, other = (opened("satisfaction", **{"satisfaction-view": v}) for v in (view, "answers" if view != "answers" else "loyalty"))
    assert not at.exception and not at.error
    assert said in words(at) and said not in words(other)
    at = opened("satisfaction", "zh", **{"satisfaction-view": view})
    assert not at.exception and not at.error


@pytest.mark.parametrize("page", ["causes", "satisfaction"])
def test_data_with_nothing_but_months_say_what_is_needed(page, small_tables, tmp_path, looking_at):
    looking_at(place({"customer_month": small_tables["customer_month"]}, tmp_path / "months"))
    at = opened(page)
    assert not at.exception
    assert "load it beside the others" in words(at)
    assert len(answer(at)) > 20


@pytest.mark.parametrize("page", ["causes", "satisfaction"])
def test_columns_that_are_missing_never_fail_a_page(page, small_tables, tmp_path, looking_at):
    lacking = ("reason_code", "csat", "category", "open_date", "product_count")
    looking_at(place({n: t.drop(*lacking, strict=False) for n, t in small_tables.items()}, tmp_path / "less"))
    at = opened(page, "zh")
    assert not at.exception
    assert len(answer(at)) > 5


@pytest.mark.parametrize("page", ["causes", "satisfaction"])
@pytest.mark.parametrize("months", [1, 2])
def test_a_short_extract_never_fails_a_page(page, months, small_tables, tmp_path, looking_at):
    last = sorted(small_tables["customer_month"]["month"].unique())[-months:]
    tables = small_tables | {"customer_month": small_tables["customer_month"].filter(small_tables["customer_month"]["month"].is_in(last))}
    looking_at(place(tables, tmp_path / "short"))
    at = opened(page)
    assert not at.exception


@pytest.mark.parametrize("page", ["causes", "satisfaction"])
def test_one_customer_never_fails_a_page(page, small_tables, tmp_path, looking_at):
    one = small_tables["customer_month"]["customer_id"][0]
    tables = {n: t.filter(t["customer_id"] == one) if "customer_id" in t.columns else t for n, t in small_tables.items()}
    looking_at(place({n: t for n, t in tables.items() if len(t)}, tmp_path / "one"))
    at = opened(page)
    assert not at.exception
    assert len(answer(at)) > 5


@pytest.mark.parametrize("page", ["causes", "satisfaction"])
def test_a_filter_that_leaves_nobody_never_fails_a_page(page, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened(page, **{"where.tier": "private", "where.aum_band": "<10k", "where.age_band": "<25"})
    assert not at.exception


def test_the_tiles_of_complaints_give_each_estimate_its_range(bank_folder, looking_at):
    from churn_dash.causes import complaints
    from churn_dash.measures.statistics.intervals import wilson

    looking_at(bank_folder)
    found = complaints(asked(Workspace.open(bank_folder).dataset()))
    at = opened("satisfaction", **{"satisfaction-view": "complaints"})
    text = words(at) + str([m.proto for m in at.metric])
    rate = found.rate
    assert f"{rate.low:,.2f} to {rate.high:,.2f} · a month per 1,000 customers" in text, text
    for share in (found.in_time, found.reopened, found.informed):
        interval = wilson(round(share.value * share.n), share.n)
        assert f"{interval.low:.2%} to {interval.high:.2%} · of {share.n:,} complaints" in text


def test_the_page_of_satisfaction_tells_digital_use_and_what_the_data_say_beside_the_items(bank_folder, looking_at):
    from churn_dash.causes import adoption

    looking_at(bank_folder)
    at = opened("satisfaction", **{"satisfaction-view": "expected", "digital-by": "tier"})
    text = words(at)
    assert at.selectbox(key="digital-by").value == "tier"
    found = adoption(asked(Workspace.open(bank_folder).dataset()), by="tier")
    assert f"{percent(found.months['share'][-1])} of customers log in" in text
    assert "What the data themselves say of it" in text and "Incidents of security cannot be counted" in text


def test_of_a_few_lost_the_page_gives_counts_and_no_shares(bank_folder, looking_at):
    from churn_dash.causes import departures
    from churn_dash.measures import Filters

    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    tier = next(t for t in ("private", "platinum", "gold") if 0 < departures(asked(ds, filters=Filters((("tier", (t,)),)))).lost < 30)
    at = opened("causes", where__tier=tier)
    assert not at.exception
    titles = [m.value for m in at.markdown if m.value.startswith("#### ")]
    assert "%" not in answer(at) and not any("%" in t for t in titles)


def test_a_handful_of_customers_have_counts_on_the_other_pages_too(bank_folder, looking_at):
    from churn_dash.measures import Filters, measure

    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    sizes = {t: measure(asked(ds, filters=Filters((("tier", (t,)),))), ["churn_rate"])["churn_rate_n"][0] for t in ("private", "platinum")}
    few = {"where__tier": next(t for t, n in sizes.items() if 0 < n < 30)}
    at = opened("changes", **few)
    assert "too few to say why" in answer(at) and "at least three months" not in words(at)
    assert "%" not in answer(opened("cohorts", **few))
    at = opened("satisfaction", **few)
    assert not at.exception and not any("weighted" in w for w in words(at).splitlines() if "tiers and ages" not in w)
    assert all("%" not in m.value and "−" not in m.value for m in at.metric)
    for page in ("overview", "trends"):
        titles = [m.value for m in opened(page, **few).markdown if m.value.startswith("#### ")]
        assert titles and not any("%" in t for t in titles), titles
