"""METHODS D4: the published Cox regression of Rossi's 432 released prisoners, and the discrete-time hazard on the same weeks."""

import lifelines.datasets
import numpy as np
import pytest
from lifelines.utils import concordance_index
from statsmodels.duration.hazard_regression import PHReg

from churn_dash.risk.models.hazard import HazardLogit

NAMES = ("fin", "age", "race", "wexp", "mar", "paro", "prio")
PUBLISHED = {"fin": -0.379, "age": -0.057, "prio": 0.091}


@pytest.fixture(scope="module")
def rossi():
    data = lifelines.datasets.load_rossi()
    return data[list(NAMES)].to_numpy(float), data["week"].to_numpy(), data["arrest"].to_numpy()


def test_the_data_are_those_of_the_published_answer(rossi) -> None:
    columns, week, arrest = rossi
    cox = PHReg(week.astype(float), columns, status=arrest, ties="efron").fit()
    weights, errors = dict(zip(NAMES, cox.params, strict=True)), dict(zip(NAMES, cox.bse, strict=True))
    assert {n: round(weights[n], 3) for n in PUBLISHED} == PUBLISHED
    assert {n: round(errors[n], 3) for n in PUBLISHED} == {"fin": 0.191, "age": 0.022, "prio": 0.029}
    assert cox.llf == pytest.approx(-658.75, abs=0.005)
    assert concordance_index(week, -columns @ cox.params, arrest) == pytest.approx(0.640, abs=5e-4)


def test_the_weekly_hazard_is_near_cox_and_orders_as_well(rossi) -> None:
    """With a level for every week and a small hazard the logit is the discrete form of Cox's model; they part by the ties of a week."""
    columns, week, arrest = rossi
    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    ready, when = (columns - middle) / spread, np.where(arrest == 1, week, 0).astype(np.int64)
    model = HazardLogit(C=1e4, max_iter=5000).fit(ready, arrest.astype(np.int64), when)
    weights = dict(zip(NAMES, model.coef_[0] / spread, strict=True))
    for name, published in PUBLISHED.items():
        assert weights[name] == pytest.approx(published, abs=0.005), name
    assert concordance_index(week, -model.decision_function(ready), arrest) == pytest.approx(0.640, abs=0.002)
    # Of the hazards summed over the weeks at risk, as many arrests as there were: a score equation of the levels.
    at_risk = np.arange(1, model.levels_.size + 1)[None, :] <= week[:, None]
    line = ready @ model.coef_[0] + model.intercept_[0]
    assert (model.hazards(line) * at_risk).sum() == pytest.approx(arrest.sum(), rel=0.01)
