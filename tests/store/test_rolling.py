"""What a row says of the months behind it, against a plain loop over customers."""

import math

import polars as pl

from churn_dash.contract.lifecycle import STAGES


def by_customer(ds):
    wanted = "c, month, txn_count, aum_avg, product_count, idle_months, decline_6, decline_12, d_lifecycle, d_tenure_band"
    rows = pl.DataFrame(ds.cursor().execute(f"select {wanted} from month_rows where listed order by c, month").to_arrow_table())
    return rows.partition_by("c")


def test_idle_months_count_the_months_in_a_row_without_a_transaction(bank_data):
    seen = 0
    for rows in by_customer(bank_data):
        run = 0
        for month, txn, idle in rows.select("month", "txn_count", "idle_months").iter_rows():
            run = run + 1 if txn == 0 else 0
            if month in bank_data.months and rows.height == len(bank_data.all_months):
                assert idle == run
                seen += idle > 1
    assert seen


def test_a_decline_is_the_higher_of_two_months_over_the_mean_of_three(bank_data):
    for rows in by_customer(bank_data):
        if rows.height < len(bank_data.all_months):
            continue
        aum = rows["aum_avg"].to_list()
        for window in (6, 12):
            for t, value in enumerate(rows[f"decline_{window}"]):
                if t < window:
                    assert value is None
                else:
                    base = sum(aum[t - window : t - window + 3]) / 3
                    assert math.isclose(value, max(aum[t - 1], aum[t]) / base, rel_tol=1e-5)


def test_the_stage_at_the_start_of_a_month_follows_from_the_months_before(bank_data):
    """METHODS A3, for customers who are there throughout and long since."""
    seen = set()
    for rows in by_customer(bank_data):
        if rows.height < len(bank_data.all_months) or rows["d_tenure_band"][0] in ("<1", None):
            continue
        aum, txn, products = (rows[c].to_list() for c in ("aum_avg", "txn_count", "product_count"))
        for t, stage in enumerate(rows["d_lifecycle"].to_list()):
            end = t - 1
            if end < 5:
                assert stage is None
                continue

            def ratio(x, end=end):
                before = sum(x[end - 5 : end - 2])
                return sum(x[end - 2 : end + 1]) / before if before else math.nan

            if ratio(aum) < 0.7 or ratio(txn) < 0.7:
                expected = "declining"
            elif ratio(aum) >= 1.1 or (end >= 6 and products[end] > products[end - 6]):
                expected = "growing"
            else:
                expected = "mature"
            assert stage == expected
            seen.add(stage)
    assert seen == set(STAGES) - {"exploring"}


def test_who_came_at_most_six_months_ago_is_exploring_unless_declining(bank_data):
    rows = pl.DataFrame(bank_data.cursor().execute("select d_lifecycle, joined from month_rows where joined and listed").to_arrow_table())
    assert set(rows["d_lifecycle"]) == {"exploring"}
