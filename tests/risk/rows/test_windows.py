import datetime

import polars as pl
import pytest

from churn_dash.contract.calendar import ordinal
from churn_dash.errors import NotPossible
from churn_dash.risk.rows.windows import Windows, fates, joined_on, month_end, old_enough, windows

DAY = datetime.date
T = DAY(2024, 2, 29)


def half_year() -> Windows:
    return windows([DAY(2024, m, 1) for m in range(1, 7)])


def spells(**ends: datetime.date | None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": list(ends),
            "start_date": [DAY(2020, 1, 1)] * len(ends),
            "end_date": list(ends.values()),
            "event": [True] * len(ends),
        },
        schema_overrides={"end_date": pl.Date},
    )


def fate(end: datetime.date | None, score_date: datetime.date = T) -> str | None:
    found = fates(spells(a=end), score_date, half_year())
    return found["fate"][0] if found.height else "not there"


def test_d1_the_last_date_that_can_train_leaves_gap_and_outcome_inside_the_data() -> None:
    frame = half_year()
    assert frame.score_dates[-1] == T
    assert (frame.gap_end(T), frame.outcome_end(T)) == (DAY(2024, 3, 31), DAY(2024, 6, 30))


def test_d1_a_customer_who_leaves_in_the_gap_has_no_label() -> None:
    assert fate(DAY(2024, 3, 20)) == "gap"
    assert fate(DAY(2024, 3, 31)) == "gap"


def test_d1_a_customer_who_leaves_on_the_first_day_of_the_outcome_leaves() -> None:
    assert fate(DAY(2024, 4, 1)) == "leaves"
    assert fate(DAY(2024, 6, 30)) == "leaves"


def test_d1_a_customer_who_leaves_after_the_outcome_stays() -> None:
    assert fate(DAY(2024, 7, 1)) == "stays"
    assert fate(None) == "stays"


def test_d1_a_later_snapshot_has_no_known_outcome() -> None:
    assert DAY(2024, 3, 31) not in half_year().score_dates
    assert fate(None, DAY(2024, 3, 31)) is None


def test_who_is_gone_by_the_score_date_is_no_row() -> None:
    assert fate(T) == "not there"
    assert fate(DAY(2024, 1, 15)) == "not there"


def test_an_end_that_the_definition_does_not_count_is_neither_label() -> None:
    ended = spells(a=DAY(2024, 5, 5)).with_columns(event=pl.lit(False))
    assert fates(ended, T, half_year())["fate"].to_list() == ["other"]


@pytest.mark.parametrize(("months", "observation"), [(5, 1), (6, 2), (16, 12), (36, 12)])
def test_the_observation_window_is_what_gap_and_outcome_leave_at_most_a_year(months: int, observation: int) -> None:
    first = ordinal(DAY(2021, 1, 1))
    frame = windows([month_end(first + i).replace(day=1) for i in range(months)])
    assert frame.observation == observation
    assert ordinal(frame.score_dates[0]) == first + observation - 1


def test_too_few_months_are_refused_in_a_sentence() -> None:
    with pytest.raises(NotPossible, match="at least 5 complete months"):
        windows([DAY(2024, m, 1) for m in range(1, 5)])


def test_customers_of_less_than_three_months_are_not_scored_and_those_from_before_the_data_are() -> None:
    rows = pl.DataFrame({"joined": [DAY(2023, 12, 10), DAY(2023, 11, 29), None]}, schema={"joined": pl.Date})
    assert rows.select(old_enough(T)).to_series().to_list() == [False, True, True]


def test_tenure_starts_with_the_opening_day_else_with_the_first_spell_seen_to_begin() -> None:
    seen = pl.DataFrame({"customer_id": ["a", "b", "c"], "start_date": [DAY(2024, 1, 1), DAY(2024, 3, 5), DAY(2024, 3, 5)]})
    opened = pl.DataFrame({"customer_id": ["c"], "open_date": [DAY(2019, 5, 1)]})
    found = dict(joined_on(seen, opened, half_year()).sort("customer_id").rows())
    assert found == {"a": None, "b": DAY(2024, 3, 5), "c": DAY(2019, 5, 1)}
