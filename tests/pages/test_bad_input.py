"""Every page on data that are wrong or lopsided: it answers in a sentence, and never fails."""

import datetime
import itertools
import re

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.intake.typed import extract_of
from churn_dash.measures import last_12, measure
from churn_dash.store import Workspace, month_end, publish, shifted
from tests.asking import asked
from tests.pages.reading import answer, opened, words
from tests.pages.test_every_page import PAGES

ONE_DAY = datetime.date(2019, 5, 6)


def bank(seed=3):
    """The tables of a small invented bank."""
    return dict(sample.generate(seed, 400, 18).tables)


def beyond_all_money(root):
    """Balances that were loaded before the checks refused them: 1e300, and one at the end of what a number can be."""
    tables = bank()
    rows = tables["customer_month"].with_row_index("_i")
    huge = pl.when(pl.col("_i") % 97 == 5).then(1e300).when(pl.col("_i") % 89 == 7).then(1.7e308)
    tables["customer_month"] = rows.with_columns(huge.otherwise(pl.col(c)).alias(c) for c in ("aum_end", "aum_avg")).drop("_i")
    publish(Workspace.create(root), extract_of(tables, "huge"))
    return root


def months_missing(root):
    """Of 24 months every fourth is not there: 25 % of what was asked for."""
    tables = dict(sample.generate(3, 400, 25).tables)
    months = sorted(tables["customer_month"]["month"].unique())
    gone = months[3::4][:6]
    tables["customer_month"] = tables["customer_month"].filter(~pl.col("month").is_in(gone))
    publish(Workspace.create(root), extract_of(tables, "gaps"))
    return root


def rows_missing(root):
    """Of each customer's months 24 % are not there, drawn by a hash of the row."""
    tables = bank()
    drawn = tables["customer_month"].select(pl.struct("customer_id", "month").hash(7) % 100 >= 24).to_series()
    tables["customer_month"] = tables["customer_month"].filter(drawn)
    publish(Workspace.create(root), extract_of(tables, "holes"))
    return root


def joined_on_one_day(root):
    """Everybody joined on the same day, and every account was opened then."""
    tables = bank()
    first = tables["customer_month"]["month"].min()
    old = tables["customer_month"].filter(pl.col("month") == first)["customer_id"]
    for name, frame in tables.items():
        if "customer_id" in frame.columns:
            frame = frame.filter(pl.col("customer_id").is_in(old.implode()))
        tables[name] = frame.with_columns(pl.lit(ONE_DAY).alias("open_date")) if "open_date" in frame.columns else frame
    publish(Workspace.create(root), extract_of(tables, "one-day"))
    return root


def one_month(root):
    """Of a whole bank one month only: what happened over time cannot be told."""
    tables = bank()
    first = tables["customer_month"]["month"].min()
    tables["customer_month"] = tables["customer_month"].filter(pl.col("month") == first)
    publish(Workspace.create(root), extract_of(tables, "one-month"))
    return root


MADE = (beyond_all_money, months_missing, rows_missing, joined_on_one_day)


@pytest.fixture(scope="module", params=MADE, ids=lambda made: made.__name__)
def bad_folder(request, tmp_path_factory):
    return request.param(tmp_path_factory.mktemp("bad") / request.param.__name__)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_bad_data_answers_in_a_sentence(page, bad_folder, looking_at):
    """One month alone is bad data, too: the test below opens every page on it."""
    looking_at(bad_folder)
    at = opened(page)
    assert not at.exception, page
    assert len(answer(at)) > 5, page


LACKING = re.compile(
    r"\b(need|needs|compared over|customers by) .*\bmonths?\b|do not say who has left|not known from one list", re.IGNORECASE
)
DATA = re.compile(
    r"\bload\b.*(month|table|list|column)|\ba row a customer a month\b|\bneeds? the (table|column)", re.IGNORECASE | re.DOTALL
)
OF_ONE_LIST = {"data", "plays", "register", "planner", "saved", "lists", "worklist", "followup", "whatif", "risk", "customer"}
"""Pages about something else than what happened over months."""


@pytest.fixture(scope="module")
def one_month_folder(tmp_path_factory):
    return one_month(tmp_path_factory.mktemp("one") / "bank")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_one_month_says_which_data_would_make_it_possible(page, language, one_month_folder, looking_at):
    looking_at(one_month_folder)
    at = opened(page, language)
    assert not at.exception, page
    assert len(answer(at)) > 5, page
    told = [e.value.replace("\\", "") for kind in ("markdown", "caption", "info", "warning") for e in getattr(at, kind)]
    if language == "en":
        half = [t for t in told if LACKING.search(t) and not DATA.search(t)]
        assert not half
    if page not in OF_ONE_LIST:
        wanted = DATA if language == "en" else re.compile("加载|导入|需要")
        assert any(wanted.search(t) for t in told), told


@pytest.fixture(scope="module")
def gaps_folder(tmp_path_factory):
    return months_missing(tmp_path_factory.mktemp("gaps") / "bank")


@pytest.mark.parametrize("page", ["costs", "value", "tiers", "growth"])
def test_a_period_after_a_missing_month_says_that_the_month_is_missing(page, gaps_folder, looking_at):
    ds = Workspace.open(gaps_folder).dataset()
    after = next(m for m in reversed(ds.measurable) if shifted(m, -1) not in ds.months and shifted(m, 1) in ds.months)
    looking_at(gaps_folder)
    at = opened(page, period="custom", **{"from": f"{after:%Y-%m}", "to": f"{shifted(after, 1):%Y-%m}"})
    assert not at.exception
    said = words(at) if page == "growth" else answer(at)
    if page != "tiers":  # a tier stays in force over a missing month
        assert "did not come whole" in said
    assert "need balances" not in words(at) and "lack" not in answer(at)


def test_growth_of_balances_beyond_all_money_says_so_and_still_counts_heads(tmp_path, looking_at):
    looking_at(beyond_all_money(tmp_path / "huge"))
    at = opened("growth")
    assert not at.exception
    assert "beyond all the money of the country" in words(at) and "joined" in answer(at)


def test_satisfaction_says_when_the_questionnaires_were_sent(bank_folder, looking_at, tmp_path):
    import shutil

    shutil.copytree(bank_folder, tmp_path / "bank")
    workspace = Workspace.open(tmp_path / "bank")
    ds = workspace.dataset()
    sent = ds.table("surveys")["sent_at"]
    before = [m for m in ds.measurable if not sent.is_between(m, month_end(m)).any()]
    looking_at(tmp_path / "bank")
    at = opened("satisfaction", period="custom", **{"from": f"{before[0]:%Y-%m}", "to": f"{before[0]:%Y-%m}"})
    assert not at.exception
    assert f"were sent from {sent.min()} to {sent.max()}" in answer(at)


def left_by(ds, few):
    """Filters that leave of the sample bank nobody, or the fewest customers that a tier, an age and a branch have in common."""
    by = ["tier", "age_band", "branch_id"]
    rows = measure(asked(ds, period=last_12(ds)), ["customers", "customers_new"], by).drop_nulls(by)
    if few:
        one = (
            rows.filter(pl.col("customers") > 0).sort(pl.col("customers") + pl.col("customers_new"), "tier", "branch_id").row(0, named=True)
        )
        return {f"where__{name}": one[name] for name in ("tier", "age_band", "branch_id")}
    seen = set(rows.select("tier", "age_band", "branch_id").iter_rows())
    sides = (rows[c].drop_nulls().unique().sort().to_list() for c in ("tier", "age_band", "branch_id"))
    never = next(cell for cell in itertools.product(*sides) if cell not in seen)
    return dict(zip(("where__tier", "where__age_band", "where__branch_id"), never, strict=True))


WHOLE_BANK = ("evaluation", "risk", "whatif")
"""Pages whose sentence speaks of the bank, of the model's tests or of a customer by name, whatever is filtered."""


@pytest.mark.parametrize("few", [False, True], ids=["nobody", "few"])
@pytest.mark.parametrize("page", PAGES)
def test_a_filter_that_leaves_nobody_or_a_few_is_a_sentence(page, few, bank_folder, looking_at):
    ds = Workspace.open(looking_at(bank_folder)).dataset()
    at = opened(page, **left_by(ds, few))
    assert not at.exception
    assert len(answer(at)) > 5
    if page not in WHOLE_BANK:
        assert not re.search(r"\d%", answer(at)), answer(at)
