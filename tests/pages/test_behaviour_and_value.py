"""The pages Behaviour and Value: they state the figures of the functions behind them, and say what is lacking."""

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.intake.typed import extract_of
from churn_dash.segments.groups import clusters, lifecycle, rfm
from churn_dash.segments.groups import tenths as value
from churn_dash.segments.groups.starters import whole
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.pages.reading import answer, opened, words

PAGES = ("behaviour", "value")


def place(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "test"))
    return folder


@pytest.fixture(scope="module")
def few():
    """A small bank of eight months."""
    return sample.generate(5, 300, 8).tables


def test_the_behaviour_page_states_the_kind_that_leaves_fastest(bank_folder, looking_at):
    looking_at(bank_folder)
    found = rfm.rfm(asked(Workspace.open(bank_folder).dataset()))
    large = found.groups().filter(pl.col("churn_rate_n") >= 30).sort("churn_rate", descending=True).row(0, named=True)
    at = opened("behaviour")
    assert not at.exception
    assert answer(at).lower().startswith(rfm.LABELS[large["group"]].lower())
    assert f"{100 * large['churn_rate']:.2f}%" in answer(at) and f"{100 * whole(found.people)['churn_rate']:.2f}%" in answer(at)


def test_the_groups_say_how_stable_they_are_and_their_number_can_be_chosen(bank_folder, looking_at):
    looking_at(bank_folder)
    found = clusters.clusters(asked(Workspace.open(bank_folder).dataset()), k=3)
    at = opened("behaviour", k="3")
    assert not at.exception
    assert f"agreement {round(found.stability, 2):g}" in words(at) and f"silhouette {round(found.silhouette, 2):g}" in words(at)


def test_the_value_page_states_what_the_top_tenth_hold_and_how_it_leaves(bank_folder, looking_at):
    looking_at(bank_folder)
    found = value.value(asked(Workspace.open(bank_folder).dataset()))
    top = found.tenths().row(0, named=True)
    at = opened("value")
    assert not at.exception
    assert f"{100 * value.held_by(found.known['value'], 0.1):.2f}%" in answer(at) and f"{100 * top['churn_rate']:.2f}%" in answer(at)


def test_the_stages_go_by_either_set_of_names(bank_folder, looking_at):
    looking_at(bank_folder)
    moves = {
        (r["before"], r["after"]): r for r in lifecycle.lifecycle(asked(Workspace.open(bank_folder).dataset())).transitions().to_dicts()
    }
    turned = f"{100 * moves[('mature', 'declining')]['share']:.2f}%"
    plan, paper = words(opened("value")), words(opened("value", labels="lifecycle"))
    assert f"“Mature”, {turned} went to “Declining”" in plan
    assert f"“Maturity”, {turned} went to “Retention”" in paper
    chinese = opened("value", "zh")
    assert "“成熟期”的" in words(chinese)
    chinese.segmented_control(key="labels").set_value("lifecycle").run()
    assert "“成熟”的" in words(chinese)


def test_the_margin_is_another_value_and_assumptions_are_named(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("value", value="margin")
    assert not at.exception and "the yearly margin" in answer(at)
    assert "of balances a year, fees included" in words(at)


@pytest.mark.parametrize("page", PAGES)
def test_a_filter_that_leaves_nobody_is_one_sentence(page, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened(page, **{"where.tier": "private", "where.age_band": "<25", "where.product_band": "0–1", "where.occupation": "retired"})
    assert not at.exception
    assert answer(at) == "No customer matches these filters."


@pytest.mark.parametrize("page", PAGES)
def test_a_list_of_one_group_holds_its_customers_and_can_be_saved(page, bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    if page == "behaviour":
        at, n = opened(page, **{"of-behaviour": "kind:everyday"}), rfm.rfm(asked(ds)).groups().filter(pl.col("group") == "everyday")
    else:
        at, n = opened(page, **{"of-value": "tenth:1"}), value.value(asked(ds)).tenths().filter(pl.col("group") == "1")
    assert not at.exception
    assert f"{n['customers'][0]:,} customers at the start of the period" in words(at)
    assert any((t.key or "").startswith("save-name-") for t in at.text_input)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "lacking",
    [
        ("txn_count", "txn_amount", "login_count", "card_txn_count", "branch_visits"),
        ("aum_avg", "aum_end", "deposit_avg", "wealth_avg", "fund_avg"),
        ("tier", "fee_income", "product_count", "loan_balance"),
    ],
)
def test_columns_that_are_missing_are_named_and_the_rest_is_shown(page, lacking, few, tmp_path, looking_at):
    frame = few["customer_month"].drop(lacking)
    looking_at(place({**few, "customer_month": frame}, tmp_path / "bank"))
    for language in ("en", "zh"):
        at = opened(page, language)
        assert not at.exception
        assert len(answer(at)) > 5


@pytest.mark.parametrize("page", PAGES)
def test_nothing_but_the_months_of_customers(page, few, tmp_path, looking_at):
    frame = few["customer_month"].select("customer_id", "month", "product_count")
    looking_at(place({"customer_month": frame}, tmp_path / "bank"))
    at = opened(page)
    assert not at.exception and len(answer(at)) > 5


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("months", [1, 2, 4])
def test_data_of_few_months_say_what_is_needed(page, months, few, tmp_path, looking_at):
    first = sorted(few["customer_month"]["month"].unique())[:months]
    frame = few["customer_month"].filter(pl.col("month").is_in(first))
    looking_at(place({"customer_month": frame, "customers": few["customers"]}, tmp_path / "bank"))
    at = opened(page)
    assert not at.exception and len(answer(at)) > 5
    if page == "behaviour" and months < 4:
        assert "months" in words(at)


@pytest.mark.parametrize("page", PAGES)
def test_one_customer_alone(page, few, tmp_path, looking_at):
    one = few["customer_month"]["customer_id"][0]
    tables = {n: few[n].filter(pl.col("customer_id") == one) for n in ("customer_month", "customers")}
    looking_at(place(tables, tmp_path / "bank"))
    at = opened(page)
    assert not at.exception and len(answer(at)) > 5


@pytest.mark.parametrize("page", PAGES)
def test_a_list_without_months_and_flag_says_what_would_tell_more(page, few, tmp_path, looking_at):
    frame = few["customer_month"].unique("customer_id").select("customer_id", "month", "aum_end", "tier")
    looking_at(place({"customer_month": frame.with_columns(pl.lit(frame["month"].max()).alias("month"))}, tmp_path / "bank"))
    at = opened(page)
    assert not at.exception and len(answer(at)) > 5
