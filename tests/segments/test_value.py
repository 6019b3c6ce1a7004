import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, dimensions, measure
from churn_dash.segments.groups import tenths as value
from churn_dash.segments.groups.tenths import Margin, curve, gini, held_by
from churn_dash.store import Workspace, publish
from tests.asking import ALL, asked

TEN = pl.Series([100.0, 50.0, 20.0, 10.0, 8.0, 5.0, 4.0, 2.0, 1.0, 0.0])


def test_a_worked_concentration_curve():
    """Ten customers with 200 yuan together: the first holds half, the first two three quarters."""
    assert curve(TEN).filter(pl.col("share_of_customers").is_in([0.1, 0.2, 1.0]))["share_of_value"].to_list() == [0.5, 0.75, 1.0]
    assert held_by(TEN, 0.1) == pytest.approx(0.5)
    assert held_by(TEN, 0.05) == pytest.approx(0.25), "of a customer cut in two, half"
    assert held_by(TEN, 1.0) == pytest.approx(1.0)
    # By hand: half the mean absolute difference over the mean.
    pairs = sum(abs(a - b) for a in TEN for b in TEN)
    assert gini(TEN) == pytest.approx(pairs / (2 * len(TEN) ** 2 * TEN.mean()))


def test_where_all_are_alike_the_curve_is_the_diagonal():
    alike = pl.Series([7.0] * 40)
    assert all(x == pytest.approx(y) for x, y in curve(alike).iter_rows())
    assert gini(alike) == pytest.approx(0)


def test_without_anything_to_share_nothing_is_said():
    nothing = pl.Series([0.0, 0.0])
    assert curve(nothing).is_empty() and held_by(nothing, 0.1) is None and gini(nothing) is None
    assert gini(pl.Series([-5.0, 10.0])) is None


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_the_curve_rises_ever_slower_to_one(values):
    points = curve(pl.Series(values)).rows()
    if sum(values) <= 0:
        assert not points
        return
    assert points[0] == (0, 0) and points[-1] == (1.0, pytest.approx(1.0))
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in itertools.pairwise(points)]
    assert all(b <= a + 1e-6 * max(1, a) for a, b in itertools.pairwise(slopes))
    assert all(y >= x - 1e-9 for x, y in points)


def test_tenths_of_the_bank_add_up_to_it_and_agree_with_a_plain_count(loops, bank_data):
    found = value.value(asked(bank_data))
    tenths = found.tenths()
    bank = measure(asked(bank_data), ["customers", "customers_lost", "aum_start", "aum_lost"]).row(0, named=True)
    assert tenths["customers"].sum() == bank["customers"] and tenths["customers_lost"].sum() == bank["customers_lost"]
    assert tenths["value"].sum() == pytest.approx(bank["aum_start"]) and tenths["share_of_value"].sum() == pytest.approx(1)
    assert tenths["aum_lost"].sum() == pytest.approx(bank["aum_lost"])
    everybody = found.people["value"].drop_nulls().to_list()
    for v, g in found.people.select("value", "group").drop_nulls().iter_rows():
        assert int(g) == 11 - loops.part(v, everybody, 10)
    assert tenths.drop_nulls("group")["least"].is_sorted(descending=True)


def test_the_margin_agrees_with_a_plain_sum_over_months(loops, bank_data):
    found = value.value(asked(bank_data), margin=Margin(0.02, 60.0))
    for c, v in found.people.select("customer_id", "value").iter_rows():
        rows = loops.before(c, found.period.start)
        if not rows:
            assert v is None
            continue
        assert v == pytest.approx(loops.mean(rows, "aum_avg") * 0.02 + 12 * loops.mean(rows, "fee_income") - 60)
    assert found.fees


def test_a_filter_moves_nobody_into_another_tenth(bank_data):
    whole = value.value(asked(bank_data))
    rows = 0
    for kind in dimensions(bank_data)["customer_type"].values:
        part = value.value(asked(bank_data, filters=Filters((("customer_type", (kind,)),))))
        assert part.people.select("customer_id", "group").equals(whole.people.select("customer_id", "group"))
        rows += part.tenths()["customers"].sum()
    assert rows == len(whole.people)


def test_one_row_a_customer_has_tenths_too_where_balances_are_known(tmp_path):
    frame = pl.DataFrame({"customer_id": [f"{i:03d}" for i in range(100)], "x_balance": [float(i) for i in range(100)]})
    workspace = Workspace.create(tmp_path / "flat")
    from churn_dash.intake.extraction import extract
    from churn_dash.intake.source import Source

    text = "CustomerId,Balance,Exited\n" + "\n".join(f"{c},{b},{int(b < 30)}" for c, b in frame.iter_rows())
    publish(workspace, extract([Source("flat.csv", text.encode())]))
    found = value.value(asked(workspace.dataset()))
    assert found.tenths()["customers"].to_list() == [10] * 10
    assert found.tenths()["customers_lost"].to_list() == [0] * 7 + [10] * 3
    assert len(value.assigned(workspace.dataset(), None, None, ALL)) == 100


def test_data_without_balances_say_so(bank, tmp_path):
    frame = bank.tables["customer_month"].select("customer_id", "month", "txn_count")
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of({"customer_month": frame}, "x"))
    with pytest.raises(NotPossible, match="balances"):
        value.value(asked(workspace.dataset()))
