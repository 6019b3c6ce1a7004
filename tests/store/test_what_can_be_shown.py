"""A definition is offered only where the data can show it; what nobody knows of a customer stays not known. METHODS B0, B3."""

import datetime
from random import Random

import polars as pl
import pytest

from churn_dash.contract.definitions import Dormancy, Settings, TierDown, with_settings
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period, measure
from churn_dash.measures.lab import compare_definitions
from churn_dash.store import Dataset, Workspace, freeze, publish
from churn_dash.store.lacking import not_shown
from tests import asking

D = datetime.date
FULL = {"aum_avg": 400e3, "aum_end": 400e3, "txn_count": 2}


def months(n):
    return [D(2023 + i // 12, i % 12 + 1, 1) for i in range(n)]


def built(root, n, customers=12, people=None, accounts=None, late=(), **columns):
    """A bank of ``n`` months; customers of ``late`` are first listed in the third month."""
    rows = [
        {"customer_id": f"c{i:02d}", "month": m, **columns}
        for i in range(customers)
        for k, m in enumerate(months(n))
        if f"c{i:02d}" not in late or k >= 2
    ]
    types = {"aum_avg": pl.Float64, "aum_end": pl.Float64, "txn_count": pl.Int64, "tier": pl.String, "churned": pl.Boolean}
    tables = {"customer_month": pl.DataFrame(rows, schema_overrides={c: t for c, t in types.items() if c in columns})}
    tables |= {"customers": people} if people is not None else {}
    tables |= {"accounts": accounts} if accounts is not None else {}
    workspace = Workspace.create(root)
    publish(workspace, extract_of(tables, "made"))
    return workspace


@pytest.mark.parametrize(
    ("n", "known"),
    [
        (2, {"close", "absent", "first"}),
        (4, {"close", "absent", "first"}),
        (5, {"close", "absent", "first", "tier_down"}),
        (6, {"close", "absent", "first", "tier_down", "dormant"}),
        (7, {"close", "absent", "first", "tier_down", "dormant", "asset_out"}),
    ],
)
def test_a_definition_is_offered_from_as_many_months_on_as_its_settings_take(tmp_path, n, known):
    ds = built(tmp_path / "w", n, **FULL).dataset()
    assert set(ds.definitions) == known
    for name in {"dormant", "asset_out", "tier_down"} - known:
        with pytest.raises(NotPossible, match=rf"takes \d complete months, and there are {n}: load more"):
            measure(asking.asked(ds, definition=name), ["churn_rate"])


def test_a_stated_tier_spares_the_month_that_shows_it(tmp_path):
    assert "tier_down" in built(tmp_path / "w", 4, tier="gold", **FULL).dataset().definitions
    assert "tier_down" not in built(tmp_path / "v", 3, tier="gold", **FULL).dataset().definitions


def test_other_settings_take_other_months(tmp_path):
    workspace = built(tmp_path / "w", 3, **FULL)
    info = workspace.dataset().info
    short = Settings(dormancy=Dormancy(days=60), tier_down=TierDown("bohai", 1))
    assert {"dormant", "tier_down"} <= set(Dataset(workspace.root, info, short).definitions)
    with pytest.raises(NotPossible, match="dormancy takes 6 complete months, and there are 3"):
        freeze(workspace, "dormant", "2023-Q1", Settings())
    assert freeze(workspace, "dormant", "2023-Q1", short).definition == "dormant"


def test_the_lab_leaves_out_what_a_slider_asks_too_many_months_for_and_says_so(tmp_path):
    ds = built(tmp_path / "w", 7, **FULL).dataset()
    asked = with_settings(Settings(dormancy=Dormancy(days=365)))
    assert "dormant" not in [j.name for j in compare_definitions(asking.asked(ds), asked).judged]
    assert "dormant" in [j.name for j in compare_definitions(asking.asked(ds), with_settings(Settings())).judged]
    said = {name: str(why) for name, why in not_shown(ds, asked).items()}
    assert said == {"dormant": "dormancy takes 13 complete months, and there are 7: load more"}


def test_a_single_month_is_a_list_without_months(tmp_path):
    ds = built(tmp_path / "w", 1, **FULL).dataset()
    assert ds.shape == "cross_section" and ds.definitions == ("flag",)
    with pytest.raises(NotPossible, match="do not say who has left"):
        measure(asking.asked(ds), ["churn_rate"])


def test_columns_without_a_value_are_missing_columns(tmp_path):
    nothing = {"aum_avg": None, "aum_end": None, "txn_count": None, "churned": None}
    ds = built(tmp_path / "w", 12, **nothing).dataset()
    assert set(ds.definitions) == {"close", "absent", "first"} and ds.default_definition == "first"
    assert not [c for c in ds.month_columns if c.startswith(("tier_", "watch_", "idle_", "decline_"))]
    said = {name: str(why) for name, why in not_shown(ds, ds.rules).items()}
    assert said == {
        "dormant": "dormancy needs values of txn_count, aum_end, which no month has: load them",
        "asset_out": "asset decline needs values of aum_avg, which no month has: load them",
        "tier_down": "tier downgrade needs values of aum_avg, which no month has: load them",
    }
    with pytest.raises(NotPossible, match="flag of the extract needs values of churned"):
        measure(asking.asked(ds, definition="flag"), ["churn_rate"])


def test_what_becomes_possible_with_more_months_is_offered_after_an_append(tmp_path):
    workspace = built(tmp_path / "w", 5, **FULL)
    more = pl.DataFrame([{"customer_id": f"c{i:02d}", "month": months(6)[-1], **FULL} for i in range(12)])
    publish(workspace, extract_of({"customer_month": more}, "more"), mode="append")
    ds = workspace.dataset()
    assert "dormant" in ds.definitions and "dormant" not in ds.lacking and "asset_out" in ds.lacking


def bands(ds, column="d_tenure_band"):
    sql = f"select customer_id, month, {column} from months where month <= DATE '{ds.months[-1]}' order by 1, 2"
    found = {}
    for c, _month, band in ds.cursor().execute(sql).fetchall():
        found.setdefault(c, []).append(band)
    return found


def test_who_is_in_the_first_list_without_a_day_of_entry_has_no_known_tenure(tmp_path):
    people = pl.DataFrame({"customer_id": ["c00", "c01"], "open_date": [D(2015, 5, 1), None]}, schema_overrides={"open_date": pl.Date})
    ds = built(tmp_path / "w", 14, people=people, late=("c02",), **FULL).dataset()
    found = bands(ds)
    assert set(found["c00"]) <= {"5–9"}
    assert set(found["c01"]) == set(found["c03"]) == {None}
    assert found["c02"] == ["<1"] * 12, "first seen is the day of entry where a list before lacks the customer"
    last = Period(ds.months[-1], ds.months[-1])
    known = measure(asking.asked(ds, period=last), ["customers"], ["tenure_band"])
    assert {str(r["tenure_band"]): r["customers"] for r in known.to_dicts()} == {"<1": 1, "5–9": 1, "None": 10}


def test_nobody_is_new_because_nothing_tells_when_they_came(tmp_path):
    ds = built(tmp_path / "w", 14, late=("c02",), product_count=1, **FULL).dataset()
    stages = bands(ds, "d_lifecycle")
    assert set(stages["c01"][:6]) == {None} and set(stages["c01"][7:]) == {"mature"}
    assert stages["c02"][0] == "exploring"


def test_a_day_of_entry_in_the_accounts_tells_the_tenure(tmp_path):
    accounts = pl.DataFrame(
        {"account_id": ["a", "b"], "customer_id": ["c00", "c01"], "open_date": [D(2022, 6, 1), None], "close_date": [None, None]},
        schema_overrides={"open_date": pl.Date, "close_date": pl.Date},
    )
    found = bands(built(tmp_path / "w", 3, accounts=accounts, **FULL).dataset())
    assert set(found["c00"]) == {"<1"} and set(found["c01"]) == {None}


def flickering(root, gone, share, n=12, customers=400):
    """Lists from which rows are missing at random, and customers who really left."""
    random = Random(7)
    last = {f"c{i:03d}": (n if i >= gone else 4 + i % 5) for i in range(customers)}
    rows = [
        {"customer_id": c, "month": m, **FULL}
        for c, end in last.items()
        for k, m in enumerate(months(n))
        if k < end and (k == 0 or random.random() > share)
    ]
    workspace = Workspace.create(root)
    publish(workspace, extract_of({"customer_month": pl.DataFrame(rows)}, "made"))
    seen = {}
    for r in rows:
        seen.setdefault(r["customer_id"], set()).add(months(n).index(r["month"]))
    return workspace, seen


@pytest.mark.parametrize("definition", ["absent", "close", "first"])
def test_where_rows_are_missing_at_random_an_absence_counts_from_two_months_on(tmp_path, definition):
    workspace, seen = flickering(tmp_path / "w", 40, 0.24)
    ds, n = workspace.dataset(), 12
    assert len(ds.months) == n, "the lists are even: none is incomplete"
    want = sum(max(s) < n - 2 for s in seen.values())
    whole = measure(asking.asked(ds, definition=definition), ["customers", "customers_lost"]).row(0, named=True)
    assert (whole["customers"], whole["customers_lost"]) == (400, want)
    monthly = measure(asking.asked(ds, definition=definition), ["customers_lost"], ["month"])["customers_lost"].to_list()
    assert sum(monthly) == want and monthly[-1] == 0
    assert ds.not_counted == sum(max(s) == n - 2 for s in seen.values()) > 60


def test_where_hardly_anybody_comes_back_the_last_list_counts_as_it_did(tmp_path):
    workspace, seen = flickering(tmp_path / "w", 100, 0.003)
    ds = workspace.dataset()
    lost = measure(asking.asked(ds, definition="absent"), ["customers_lost"])["customers_lost"][0]
    assert lost == sum(max(s) < 11 for s in seen.values()) and ds.not_counted == 0
    two = built(tmp_path / "two", 2, **FULL)
    assert two.dataset().not_counted == 0


def test_accounts_of_nobody_enter_no_figure(tmp_path):
    """The check of the load counts them and says that they count for nobody."""
    accounts = pl.DataFrame(
        {
            "account_id": [f"a{i}" for i in range(14)],
            "customer_id": [f"c{i:02d}" for i in range(12)] + ["z1", "z2"],
            "open_date": [D(2020, 1, 1)] * 14,
            "close_date": [D(2023, 3, 5)] + [None] * 11 + [D(2023, 3, 9), None],
        },
        schema_overrides={"close_date": pl.Date},
    )
    for people in (None, pl.DataFrame({"customer_id": [f"c{i:02d}" for i in range(12)], "gender": ["F"] * 12})):
        workspace = built(tmp_path / str(people is None), 4, people=people, accounts=accounts, **FULL)
        ds = workspace.dataset()
        row = measure(asking.asked(ds, definition="close"), ["customers", "customers_lost"]).row(0, named=True)
        assert (row["customers"], row["customers_lost"]) == (12, 1)
        more = pl.DataFrame([{"customer_id": c, "month": months(5)[-1], **FULL} for c in ("z2", *(f"c{i:02d}" for i in range(1, 12)))])
        loaded = publish(workspace, extract_of({"customer_month": more, "accounts": accounts}, "more"), mode="append")
        assert [(f.table, f.count) for f in loaded.findings if f.code == "orphans"] == [("accounts", 1)]
        row = measure(asking.asked(workspace.dataset(), period=Period(months(4)[-1], months(4)[-1]), definition="close"), ["customers"])
        assert row["customers"][0] == 12, "eleven who stay, and the one whom the list has come to know, by her account"
