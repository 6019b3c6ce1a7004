import datetime as dt

import polars as pl
import pytest

from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.segments.groups import orientation
from churn_dash.segments.groups.behaviour import Behaviour, now
from churn_dash.segments.groups.orientation import group
from churn_dash.store import Workspace, publish
from tests.asking import ALL, asked


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((0.9, 0.1, 0.1), "product"),
        ((0.1, 0.9, 0.1), "consumption"),
        ((0.1, 0.2, 0.9), "service"),
        ((0.5, 0.4, 0.1), "product"),
        ((0.5, 0.41, 0.1), "mixed"),
        ((0.4, 0.4, 0.4), "mixed"),
        ((0.0, 0.0, 0.0), "mixed"),
        ((0.3, 0.1, 0.2), "product"),
        ((0.5, None, 0.1), "unknown"),
    ],
)
def test_the_highest_score_decides_if_it_leads_by_a_tenth(scores, expected):
    """METHODS A3: argmax if the margin is at least 0.1, else mixed."""
    frame = pl.DataFrame([scores], schema=dict.fromkeys(("product", "consumption", "service"), pl.Float64), orient="row")
    assert frame.select(group())["group"][0] == expected


def test_scores_and_labels_agree_with_a_plain_loop(bank, loops, bank_data):
    found = orientation.orientation(asked(bank_data))
    at = found.behaviour.at
    first = loops.month(at, -12)
    contacts, complaints, term, other = ({} for _i in range(4))
    for table, when, into in (("contacts", "ts", contacts), ("complaints", "created_at", complaints)):
        for row in bank.tables[table].to_dicts():
            if first <= row[when] < at:
                into[row["customer_id"]] = into.get(row["customer_id"], 0) + 1
    for row in bank.tables["product_holdings"].to_dicts():
        seen = row["recorded_at"] or row["start_date"]
        over = min(d for d in (row["maturity_date"], row["closed_date"], None) if d) if row["maturity_date"] or row["closed_date"] else None
        if (seen and seen >= at) or (row["start_date"] and row["start_date"] >= at) or (over and over < at):
            continue
        if row["bank"] == "other":
            other[row["customer_id"]] = other.get(row["customer_id"], 0) + 1
        elif row["product_kind"] == "term":
            term[row["customer_id"]] = term.get(row["customer_id"], 0) + row["amount"]
    signs = {}
    for c in found.people["customer_id"]:
        rows = loops.before(c, at)
        if not rows:
            continue
        held = sum(r["aum_avg"] for r in rows)
        invested = min(1, sum(r["wealth_avg"] + r["fund_avg"] for r in rows) / held) if held else 0
        share = min(1, invested + term.get(c, 0) / (held / len(rows))) if held else 0
        signs[c] = {
            "fixed_share": share,
            "other_banks": other.get(c, 0),
            "loan_balance": loops.mean(rows, "loan_balance"),
            "card_txn_count": loops.mean(rows, "card_txn_count"),
            "branch_visits": loops.mean(rows, "branch_visits"),
            "contacts": contacts.get(c, 0),
            "complaints": complaints.get(c, 0),
        }
    scored = found.people.filter(pl.col("customer_id").is_in(list(signs)))
    for name in ("fixed_share", "other_banks", "loan_balance", "card_txn_count", "branch_visits", "contacts", "complaints"):
        mine = dict(scored.select("customer_id", name).iter_rows())
        assert all(mine[c] == pytest.approx(s[name], abs=1e-9) for c, s in signs.items()), name
    top = {r["customer_id"]: r for r in scored.to_dicts()}
    for c in list(signs)[:60]:
        one = top[c]
        order = sorted((one[k] for k in ("product", "consumption", "service")), reverse=True)
        best = max(("product", "consumption", "service"), key=lambda k: one[k])
        assert one["group"] == (best if order[0] - order[1] >= 0.1 - 1e-9 else "mixed")


def test_orientations_add_up_to_the_bank(bank_data):
    groups = orientation.orientation(asked(bank_data)).groups()
    bank = measure(asked(bank_data), ["customers", "customers_lost"]).row(0, named=True)
    assert groups["customers"].sum() == bank["customers"] and groups["customers_lost"].sum() == bank["customers_lost"]
    assert set(orientation.assigned(bank_data, None, None, ALL)["group"]) <= set(orientation.LABELS)


def test_data_without_a_sign_of_one_orientation_say_what_is_lacking(bank, tmp_path):
    frame = bank.tables["customer_month"].drop("loan_balance", "card_txn_count")
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of({"customer_month": frame}, "x"))
    with pytest.raises(NotPossible, match="loan_balance or card_txn_count"):
        orientation.orientation(asked(workspace.dataset()))


def test_a_contact_on_the_day_itself_is_not_of_the_months_before():
    rows = pl.DataFrame(
        {"customer_id": list("abcd"), "ts": [dt.date(2023, 1, 1), dt.date(2022, 12, 31), dt.date(2023, 12, 31), dt.date(2024, 1, 1)]}
    )

    class Tables:
        def table(self, name):
            return rows

    found = orientation._counted(Tables(), "contacts", "ts", Behaviour(pl.DataFrame(), dt.date(2024, 1, 1), 12, (), None))
    assert sorted(found["customer_id"]) == ["a", "c"]


def test_whoever_holds_nothing_has_nothing_invested(tmp_path):
    months = [dt.date(2024, m, 1) for m in range(1, 5)]
    held = {"empty": (0.0, 0.0), "half": (100.0, 50.0), "all": (100.0, 140.0)}
    rows = [(c, m, aum, aum, wealth) for c, (aum, wealth) in held.items() for m in months]
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "aum_avg", "aum_end", "wealth_avg"], orient="row")
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of({"customer_month": frame}, "x"))
    people = now(workspace.dataset(), months[-1], None, ALL).people
    assert dict(people.select("customer_id", "invested").iter_rows()) == {"empty": 0.0, "half": 0.5, "all": 1.0}
