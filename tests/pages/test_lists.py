"""Small banks: a list of customers with neither flag nor months opens on every page and says what would tell churn."""

import datetime
import random

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.intake import Source, extract
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.pages.reading import opened, words

PAGES = ("overview", "trends", "segments", "tiers", "lists", "risk", "customer", "campaigns", "data")
FORMS = ("list", "unknown headers", "one month")


def line(i: int, month: str = "") -> tuple[object, ...]:
    rng = random.Random(i)
    last = "2023-01-05" if i % 5 == 0 else f"2024-0{rng.randint(1, 5)}-{rng.randint(10, 28)}"
    start = (f"{i:06d}", month) if month else (f"{i:06d}",)
    return (*start, rng.choice("男女"), rng.choice(["上海", "杭州"]), round(10 ** rng.uniform(1.5, 6.8), 2), last)


def written(header: str, rows) -> bytes:
    return "\n".join([header, *(",".join(map(str, r)) for r in rows)]).encode()


FILES = {
    "list": lambda: written("客户号,性别,城市,月末资产,最近交易日", (line(i) for i in range(1, 401))),
    "unknown headers": lambda: written("CustomerId,Age,Region,Balance", ((i, 20 + i % 50, "NS"[i % 2], i * 333) for i in range(1, 401))),
    "one month": lambda: written("客户号,月份,性别,城市,月末资产,最近交易日", (line(i, "2024-05") for i in range(1, 401))),
}


@pytest.fixture(scope="session")
def lists(tmp_path_factory):
    """A workspace for each form of list; the first also holds products that fall due."""
    made = {}
    for form in FORMS:
        made[form] = tmp_path_factory.mktemp("lists") / form.replace(" ", "-")
        publish(Workspace.create(made[form]), extract([Source("export.csv", FILES[form]())]))
    held = sample.generate(2, 400, 8).tables["product_holdings"].with_columns(pl.col("customer_id").str.replace("C", "", literal=True))
    publish(Workspace.open(made["list"]), extract_of({"product_holdings": held}, "held"))
    return made


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_a_list_without_flag_and_month(page, lists, looking_at):
    looking_at(lists["list"])
    at = opened(page, "zh")
    assert not at.exception and not at.error
    assert any(m.value.startswith("# ") and len(m.value) > 7 for m in at.markdown)


@pytest.mark.parametrize(("page", "form"), [("trends", "list"), *((p, f) for p in ("overview", "segments") for f in FORMS[1:])])
def test_a_list_says_what_would_tell_churn(page, form, lists, looking_at):
    looking_at(lists[form])
    at = opened(page)
    assert not at.exception and not at.error
    assert "load last month's list" in words(at)


def test_the_overview_of_a_list_shows_its_customers_balances_and_who_needs_attention(lists, looking_at):
    looking_at(lists["list"])
    ds = Workspace.open(lists["list"]).dataset()
    names = ["customers", "aum_start", "customers_near_downgrade", "customers_dormant"]
    row = measure(asked(ds), names).row(0, named=True)
    at = opened("overview")
    shown = {m.label: m.value for m in at.metric}
    assert shown["Customers"] == "400" and shown["Near a downgrade"] == str(row["customers_near_downgrade"])
    assert shown["Dormant"] == str(row["customers_dormant"])
    assert row["customers_dormant"] > 0 and row["customers_near_downgrade"] > 0
    assert "Due in 90 days" in shown and "fall due within 90 days" in words(at)
    listed = [len(d.value) for d in at.dataframe]
    assert row["customers_near_downgrade"] in listed and row["customers_dormant"] in listed


def test_the_second_list_brings_churn(tmp_path, looking_at):
    place = tmp_path / "two"
    for month, ids in (("2024-05", range(1, 401)), ("2024-06", range(21, 411))):
        rows = written("客户号,月份,性别,城市,月末资产,最近交易日", (line(i, month) for i in ids))
        publish(Workspace.create(place), extract([Source("export.csv", rows)]))
    ds = Workspace.open(place).dataset()
    assert ds.all_months == (datetime.date(2024, 5, 1), datetime.date(2024, 6, 1))
    row = measure(asked(ds, definition="absent"), ["churn_rate", "customers_lost", "customers_new"]).row(0, named=True)
    assert (row["customers_lost"], row["customers_new"]) == (20, 10) and row["churn_rate"] == pytest.approx(20 / 400)
    looking_at(place)
    at = opened("overview")
    assert not at.exception and "5.00%" in words(at)
