from polars.testing import assert_frame_equal

from churn_dash.risk.rows import examples
from churn_dash.risk.rows.panel_tables import declared, panel


def test_few_rows_are_read_of_all_score_dates_at_once_as_one_by_one_and_the_same_each_time(bank_data, monkeypatch) -> None:
    space, _name = panel(bank_data, None)
    features, dates = space.held.available(declared(bank_data)), space.windows.snapshots
    once, again = (examples.at_dates(space, features, dates) for _time in range(2))
    monkeypatch.setattr(examples, "_FEW", 0)
    alone = examples.at_dates(space, features, dates)
    assert len(dates) > 1 and list(once) == list(again) == list(alone) == list(dates)
    for date in dates:
        assert once[date].equals(again[date])
        assert_frame_equal(once[date], alone[date])
