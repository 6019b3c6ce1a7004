"""The reason map reaches the churn rates: codes, words, several in a cell, a change on record, and an appended month."""

import datetime
from collections import Counter

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.causes import departures
from churn_dash.causes.settings import set_reason
from churn_dash.contract.definitions import Settings
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.segments import members
from churn_dash.store import Dataset, Workspace, freeze, publish
from churn_dash.store.derive import derived
from churn_dash.store.derive.extending import extend
from tests.asking import asked
from tests.store.test_extending import agree

WRITTEN = ["fee", " Staff", "value_added", "利率", "服务；利率", "moon; rate", "rate", "death", None, "客户原因"]
DECIDED = {"voluntary": 5, "involuntary_bank": 2, "involuntary_life": 1, "unknown": 2}
MONTHS = [datetime.date(2024, m, 1) for m in range(1, 6)]
LEFT = datetime.date(2024, 3, 31)
RATES = ["voluntary_churn_rate", "involuntary_churn_rate", "unexplained_churn_rate"]


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """Forty customers, of whom ten left, each for a reason of ``WRITTEN``."""
    rows = [
        {"customer_id": f"{i:02d}", "month": m, "aum_end": 100.0}
        for i in range(40)
        for m in MONTHS
        if i >= len(WRITTEN) or m < LEFT.replace(day=1)
    ]
    events = pl.DataFrame(
        {
            "customer_id": [f"{i:02d}" for i in range(len(WRITTEN))],
            "event_date": [LEFT] * len(WRITTEN),
            "form": ["close"] * len(WRITTEN),
            "reason_code": WRITTEN,
        }
    )
    made = Workspace.create(tmp_path / "bank")
    publish(made, extract_of({"customer_month": pl.DataFrame(rows), "churn_events": events}, "reasons"))
    return made


def both(ds: Dataset) -> tuple[dict[str, int], dict[str, int]]:
    """Who decided, by the churn rates and by the causes."""
    rates = dict(Counter(members(asked(ds)).filter("left")["why"]))
    return rates, {d: n for d, n in departures(asked(ds)).decided.select("decided", "n").iter_rows() if n}


def test_words_and_several_reasons_in_a_cell_decide_alike_on_both_pages(workspace):
    rates, causes = both(workspace.dataset())
    assert rates == causes == DECIDED
    row = measure(asked(workspace.dataset()), RATES).row(0, named=True)
    assert [round(40 * row[n]) for n in RATES] == [5, 3, 2]


def test_a_change_of_the_map_moves_the_rates_and_back(workspace):
    before = workspace.dataset()
    assert both(before)[0] == DECIDED
    set_reason(before, "rate", "competition", decided="involuntary_bank")
    set_reason(before, "moon", "need", decided="voluntary")
    ds = workspace.dataset()
    rates, causes = both(ds)
    assert rates == causes == {"voluntary": 4, "involuntary_bank": 4, "involuntary_life": 1, "unknown": 1}
    row = measure(asked(ds), RATES).row(0, named=True)
    assert [round(40 * row[n]) for n in RATES] == [4, 5, 1]
    set_reason(ds, "rate", "price", decided="voluntary")
    set_reason(ds, "moon", "need", decided="unknown")
    assert both(workspace.dataset())[0] == DECIDED


def test_a_definition_made_official_keeps_the_map_and_holds_none(workspace):
    set_reason(workspace.dataset(), "rate", "competition", decided="involuntary_bank")
    ds = workspace.dataset()
    assert freeze(workspace, "close", "2026-Q1", ds.settings).settings == Settings()
    assert both(workspace.dataset())[0]["involuntary_bank"] == 4


def test_a_change_of_class_alone_builds_nothing_anew(workspace):
    before = workspace.dataset()
    set_reason(before, "rate", "competition", decided="voluntary")
    assert workspace.dataset().settings == before.settings


def test_an_appended_month_keeps_the_map_and_another_map_is_built(tmp_path):
    bank, own = sample.generate(5, 160, 15), Settings(decided=(("rate", "involuntary_bank"), ("service", "voluntary")))
    tables = {t: bank.tables[t] for t in ("customers", "accounts", "churn_events")}
    months = bank.tables["customer_month"]
    last = months["month"].max()
    first, extended, built = (tmp_path / f"{n}.duckdb" for n in ("first", "extended", "built"))
    old, new = months.filter(pl.col("month") < last), months.filter(pl.col("month") == last)
    derived.build(first, "panel", tables | {"customer_month": old}, (), settings=own)
    assert not extend(first, extended, new, tables, tables["customers"], ())
    assert extend(first, extended, new, tables, tables["customers"], (), settings=own)
    derived.build(built, "panel", tables | {"customer_month": months}, (), settings=own)
    agree(extended, built)
