"""The month table laid out as month × customer, against the rows themselves."""

import numpy as np

from churn_dash.measures.layout import Layout, numbers
from churn_dash.store import Dataset


def test_every_row_lies_in_its_month_at_its_customer(bank_data: Dataset) -> None:
    first, last = bank_data.months[2], bank_data.months[7]
    layout = Layout(bank_data.cursor(), first, last)
    laid, seen = layout.filled(np.nan, np.float64), layout.filled(0, np.int8)
    sql = f"select m.c, m.month, m.aum_end from month_rows m where m.month between DATE '{first}' and DATE '{last}'"
    for at, rows in layout.parts(sql):
        laid.ravel()[at] = numbers(rows["aum_end"])
        seen.ravel()[at] += 1
    told = bank_data.cursor().execute(sql).fetchall()
    assert seen.max() == 1 and seen.sum() == len(told)
    places = {month: i for i, month in enumerate(layout.months)}
    for c, month, balance in told[::97]:
        found = laid[places[month], c]
        assert np.isnan(found) if balance is None else found == balance


def test_a_day_lies_in_the_month_that_it_is_of(bank_data: Dataset) -> None:
    layout = Layout(bank_data.cursor(), bank_data.months[0], bank_data.months[3])
    rows = (
        bank_data.cursor()
        .sql("select CAST(2 AS INTEGER) as c, last_day(month) as day from month_rows group by month order by month limit 4")
        .pl()
    )
    assert layout.place(rows["day"], rows["c"]).tolist() == [i * layout.n_customers + 2 for i in range(4)]
