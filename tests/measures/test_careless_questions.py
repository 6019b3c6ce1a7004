"""Questions asked twice, wrongly, or under names that mean two things."""

import pytest

from churn_dash.errors import BadInput, NotPossible
from churn_dash.intake.extraction import extract
from churn_dash.intake.source import Source
from churn_dash.measures import measure, month_of
from churn_dash.store import Workspace, publish
from tests.asking import asked


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """A cross-section with columns called like a measure and like a period."""
    body = [f"C{i},{int(i % 4 == 0)},{'AB'[i % 2]},{('may', 'jun')[i % 2]}" for i in range(40)]
    text = "\n".join(["customer_id,churned,churn_rate,month", *body])
    workspace = Workspace.create(tmp_path_factory.mktemp("careless") / "w")
    publish(workspace, extract([Source("snapshot.csv", text.encode())]))
    return workspace.dataset()


def test_a_metric_or_dimension_named_twice_is_answered_once(worked):
    once = measure(asked(worked), ["churn_rate"], by=["month"])
    assert measure(asked(worked), ["churn_rate", "churn_rate"], by=["month", "month"]).equals(once)


def test_one_dimension_under_two_names_is_refused(worked):
    with pytest.raises(NotPossible, match="the same dimension"):
        measure(asked(worked), ["churn_rate"], by=["aum_band", "AUM_band"])


def test_a_dimension_called_like_a_measure_is_asked_for_by_its_own_name(snapshot):
    with pytest.raises(NotPossible, match="x_churn_rate"):
        measure(asked(snapshot), ["churn_rate"], by=["churn_rate"])
    assert measure(asked(snapshot), ["churn_rate"], by=["x_churn_rate"])["churn_rate"].to_list() == [0.5, 0.0]


def test_a_column_called_month_of_a_cross_section_is_a_dimension(snapshot):
    assert measure(asked(snapshot), ["customers"], by=["month"])["month"].to_list() == ["jun", "may"]


def test_the_year_nought_is_no_month():
    with pytest.raises(BadInput, match="not a month"):
        month_of("0000-01")
