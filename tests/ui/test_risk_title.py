"""The title of the risk histogram follows the data."""

import polars as pl
import pytest

from churn_dash.ui import models
from churn_dash.ui.risk import risk


@pytest.mark.parametrize(
    ("risks", "sentence"),
    [
        ([0.01] * 8 + [0.5] * 3, "Half of the customers have a risk of 1.00% or less, a tenth of 50.00% or more"),
        ([0.6] * 10 + [None], "Half of the customers have a risk of 60.00% or less, a tenth of 60.00% or more"),
        ([], "Customers by predicted risk"),
    ],
)
def test_the_title_of_the_histogram_says_what_the_scores_are(risks, sentence, monkeypatch):
    monkeypatch.setattr(models, "scores_of", lambda *_asked: pl.DataFrame({"probability": risks}, schema={"probability": pl.Float64}))
    assert str(risk.scores_finding(None, None)) == sentence
