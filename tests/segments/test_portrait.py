"""One customer's portrait, counted a second way from the tables as they were published."""

import dataclasses
import datetime
from collections import Counter

import polars as pl
import pytest

from churn_dash import care
from churn_dash.access import Scope
from churn_dash.errors import NotFound
from churn_dash.intake.typed import extract_of
from churn_dash.segments import HAPPENINGS, portrait
from churn_dash.segments.portrait.tier_standing import tier_standing
from churn_dash.store import Dataset, Workspace, publish
from tests.asking import ALL, asked

_DATED = {
    "contact": ("contacts", ("ts",)),
    "complaint": ("complaints", ("created_at",)),
    "survey": ("surveys", ("answered_at", "sent_at")),
    "warning": ("warnings", ("ts",)),
    "intervention": ("interventions", ("done_at", "created_at")),
    "campaign": ("campaign_assignments", ("contacted_at", "assigned_at")),
    "tier": ("tier_history", ("valid_from",)),
    "left": ("churn_events", ("event_date",)),
}


@pytest.fixture(scope="module")
def some(bank) -> list[str]:
    """Twenty customers who were warned of and contacted."""
    return sorted(set(bank.tables["warnings"]["customer_id"]) & set(bank.tables["contacts"]["customer_id"]))[:20]


def published(tables: dict[str, pl.DataFrame], folder) -> Workspace:
    workspace = Workspace.create(folder, sample=True)
    publish(workspace, extract_of(tables, "part"))
    return workspace


def test_every_row_of_every_table_is_a_happening_on_its_day(bank, bank_data, some):
    for customer in some:
        want = Counter()
        for kind, (table, days) in _DATED.items():
            for row in bank.tables[table].filter(pl.col("customer_id") == customer).to_dicts():
                want[(kind, next(row[d] for d in days if row[d] is not None))] += 1
        found = portrait(bank_data, customer, scope=ALL).happenings
        assert Counter((h.kind, h.day) for h in found if h.kind in _DATED) == want
        assert [h.day for h in found] == sorted(h.day for h in found)
        assert {h.kind for h in found} <= set(HAPPENINGS)


def test_a_happening_says_what_the_row_says_in_both_languages(bank, bank_data):
    row = bank.tables["contacts"].filter(pl.col("result") == "declined", pl.col("channel") == "phone").row(0, named=True)
    found = [h for h in portrait(bank_data, row["customer_id"], scope=ALL).happenings if h.kind == "contact" and h.day == row["ts"]]
    assert any(h.words().startswith("Telephone · ") and h.words().endswith(" · declined") for h in found)
    assert any(h.words("zh").endswith(" · 拒绝") for h in found)


def test_the_salary_stops_in_the_first_of_two_months_without_one(bank, bank_data, loops):
    told = 0
    for customer in bank.tables["customers"]["customer_id"].to_list()[:150]:
        paid = [(m, r["salary_in"]) for m, r in sorted(loops.rows[customer].items()) if m <= bank_data.months[-1]]
        last = max((i for i, (_m, s) in enumerate(paid) if s), default=None)
        after = paid[last + 1 :] if last is not None else []
        want = [after[0][0]] if len(after) >= 2 else []
        assert [h.day for h in portrait(bank_data, customer, scope=ALL).happenings if h.kind == "salary"] == want, customer
        told += len(want)
    assert told


@pytest.mark.parametrize("rule", ["bohai", "ccb"])
def test_gap_and_watch_are_those_of_the_care_list(bank_data, rule):
    settings = dataclasses.replace(bank_data.settings, tier_down=dataclasses.replace(bank_data.settings.tier_down, rule=rule))
    ds = Dataset(bank_data.root, bank_data.info, settings)
    rows = care.care_list(asked(ds), "near_downgrade").rows
    assert rows.height > 5 and rows["on_watch"].sum() > 0
    for row in rows.to_dicts():
        found = tier_standing(ds, row["customer_id"])
        assert found is not None and found.tier == row["own_tier"] and found.gap == pytest.approx(row["gap"])
        assert (found.watch > 0) == row["on_watch"] and (found.watch or None) == row["months_on_watch"]
        assert (found.months_left, found.falls_on, found.falls_to) == (row["months_left"], row["falls_on"], row["falls_to"])
        assert found.near == (not row["on_watch"])


def test_holdings_are_those_of_the_day_here_first_and_soonest_due_first(bank, bank_data):
    held, day = bank.tables["product_holdings"], bank_data.data_end
    elsewhere = held.filter(pl.col("bank") == "other", pl.col("maturity_date") > day)["customer_id"].to_list()
    for customer in elsewhere[:15]:
        found = portrait(bank_data, customer, scope=ALL).holdings
        want = {
            r["holding_id"]
            for r in held.filter(pl.col("customer_id") == customer).to_dicts()
            if (r["closed_date"] is None or r["closed_date"] > day)
            and (r["start_date"] is None or r["start_date"] <= day)
            and (r["recorded_at"] is None or r["recorded_at"] <= day)
            and (r["maturity_date"] is None or r["maturity_date"] >= day)
        }
        assert set(found["holding_id"]) == want
        assert found["bank"].to_list() == sorted(found["bank"].to_list(), key=["own", "other"].index)
        for bank_of in ("own", "other"):
            days = found.filter(pl.col("bank") == bank_of)["days_left"].drop_nulls().to_list()
            assert days == sorted(days) and all(d >= 0 for d in days)


def test_the_profile_holds_what_the_table_of_customers_says_and_the_age_in_full_years(bank, bank_data, some):
    for customer in some:
        row = bank.tables["customers"].filter(pl.col("customer_id") == customer).row(0, named=True)
        found = portrait(bank_data, customer, scope=ALL).profile
        assert all(found[k] == row[k] for k in found if k != "age")
        born, day = row["birth_date"], bank_data.data_end
        if born is None:
            assert "age" not in found
            continue
        birthday = (born.month, born.day)
        assert found["age"] == day.year - born.year - ((day.month, day.day) < birthday)


def test_a_customer_outside_the_viewers_branches_is_not_found_by_the_same_sentence_as_nobody(bank, bank_data, some):
    branch = bank.tables["customers"].filter(pl.col("customer_id") == some[0])["branch_id"][0]
    assert portrait(bank_data, some[0], scope=Scope(frozenset({branch}))).customer_id == some[0]
    for scope in (Scope(frozenset({"no such branch"})), Scope(frozenset())):
        with pytest.raises(NotFound, match=f"There is no customer {some[0]} in these data"):
            portrait(bank_data, some[0], scope=scope)
    with pytest.raises(NotFound, match="There is no customer nobody in these data"):
        portrait(bank_data, "nobody", scope=ALL)


def test_without_further_tables_the_parts_are_missing_and_named_and_the_tier_path_stands_in_for_its_history(bank, tmp_path):
    kept = {n: bank.tables[n] for n in ("customers", "accounts", "customer_month")}
    ds = published(kept, tmp_path / "bare").dataset()
    moved = bank.tables["tier_history"].filter(pl.col("change") == "down", pl.col("valid_from") > datetime.date(2025, 6, 1))
    customer = moved["customer_id"][0]
    found = portrait(ds, customer, scope=ALL)
    assert found.holdings is None and found.tags == ()
    assert set(found.lacking) == {"product_holdings", *(t for t, _d in _DATED.values()), "large_transactions"}
    assert {h.kind for h in found.happenings} <= {"tier", "salary"} and any("down" in h.words() for h in found.happenings)
    assert found.as_json()["holdings"] is None


def test_rules_of_warnings_and_reasons_of_departures_are_told_in_words_never_as_codes(bank, bank_data):
    warned = bank.tables["warnings"].filter(pl.col("rule_or_model") == "assets and transactions fall").row(0, named=True)
    left = bank.tables["churn_events"].filter(pl.col("reason_code") == "rate").row(0, named=True)
    for kind, row, day, english, chinese in (
        ("warning", warned, "ts", "Assets and transactions fall", "资产与交易下降"),
        ("left", left, "event_date", "Better rates elsewhere", "他行利率更优"),
    ):
        found = [h for h in portrait(bank_data, row["customer_id"], scope=ALL).happenings if h.kind == kind and h.day == row[day]]
        assert any(english in h.words() for h in found), kind
        assert any(chinese in h.words("zh") for h in found), kind
