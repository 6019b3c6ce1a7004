"""Group names as text, outcomes as numbers."""

import polars as pl
import pytest

from churn_dash.campaigns.groups.columns import column, group_names, outcome_numbers, same_group
from churn_dash.errors import BadInput, NotFound


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([0, 1, None], ["0", "1", None]),
        ([0.0, 1.0], ["0", "1"]),
        ([0.5, float("nan")], ["0.5", None]),
        ([True, False], ["1", "0"]),
        ([" a ", ""], ["a", None]),
    ],
)
def test_group_names_are_text(values: list[object], names: list[str | None]) -> None:
    assert group_names(pl.Series(values)).to_list() == names


@pytest.mark.parametrize(("asked", "found"), [("0", "0"), ("0.0", "0"), (" 0 ", "0"), ("00", "0")])
def test_a_number_means_the_same_group_however_it_is_written(asked: str, found: str) -> None:
    assert same_group(asked, ["0", "1"], "treat") == found


def test_text_of_zero_point_zero_is_found_by_zero() -> None:
    assert same_group("0", ["0.0", "1.0"], "treat") == "0.0"


def test_an_unknown_group_or_column_names_the_nearest() -> None:
    with pytest.raises(NotFound, match="nearest is No E-Mail"):
        same_group("No Email", ["Mens E-Mail", "No E-Mail"], "segment")
    with pytest.raises(NotFound, match="nearest is segment"):
        column(pl.DataFrame({"segment": [1], "visit": [1]}), "segmnt")
    with pytest.raises(NotFound, match="nearest is Segment"):
        column(pl.DataFrame({"Segment": [1]}), "segment")
    with pytest.raises(NotFound, match="columns are a, b"):
        column(pl.DataFrame({"a": [1], "b": [1]}), "outcome")


@pytest.mark.parametrize(
    ("values", "numbers", "is_rate"),
    [
        ([0, 1, None], [0.0, 1.0, None], True),
        ([True, False], [1.0, 0.0], True),
        (["yes", "No", "", "NA"], [1.0, 0.0, None, None], True),
        (["是", "否"], [1.0, 0.0], True),
        (["1", "0", " "], [1.0, 0.0, None], True),
        (["1,200.5", "3"], [1200.5, 3.0], False),
        ([0.0, 2.5, float("nan")], [0.0, 2.5, None], False),
        ([1, 2], [1.0, 2.0], False),
    ],
)
def test_an_outcome_is_a_rate_or_an_amount_by_its_data(values: list[object], numbers: list[float | None], is_rate: bool) -> None:
    found, rate = outcome_numbers(pl.Series("y", values))
    assert found.to_list() == numbers
    assert rate is is_rate


@pytest.mark.parametrize("values", [["good", "bad"], [None, None], ["", " "]])
def test_an_outcome_that_cannot_be_read_is_refused(values: list[str | None]) -> None:
    with pytest.raises(BadInput, match="cannot be an outcome"):
        outcome_numbers(pl.Series("y", values, dtype=pl.String))


def test_a_date_is_no_outcome() -> None:
    with pytest.raises(BadInput, match="neither numbers"):
        outcome_numbers(pl.Series("y", ["2024-01-01"]).str.to_date())


def test_a_number_too_large_to_reckon_with_is_named() -> None:
    with pytest.raises(BadInput, match="y cannot be used: 1e\\+308 is too large"):
        outcome_numbers(pl.Series("y", ["1", "-1e308"]))
