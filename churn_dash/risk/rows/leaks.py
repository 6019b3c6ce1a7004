"""Columns that know the answer: found by name or by what they give away, named, and left out. Source: METHODS D1."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.contract.separation import LEAK_LIMIT, separation
from churn_dash.contract.telling import telling_name
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.words import Text

_STRONG = 0.75
_COLLAPSE = 1 / 3


def leaks(frame: pl.DataFrame, features: Sequence[Feature], y: NDArray[np.int64], earlier: pl.DataFrame | None = None) -> list[LeftOut]:
    """The features that know the outcome: a single one that separates it above 0.95, or one whose name tells of it.

    ``earlier``, for a panel, holds the same customers' features a month before, row by row: a feature that tells much at the score
    date and next to nothing a month before is recorded because the customer leaves.
    """
    found = []
    for feature in features:
        alone = separation(frame[feature.name], y)
        if alone > LEAK_LIMIT:
            why = Text(_("it alone tells who left (AUC {auc}), so it was most likely recorded afterwards"), auc=f"{alone:.2f}")
            if earlier is not None and not feature.own_words:
                why = Text(_("it alone tells who leaves (AUC {auc}): it is part of what counts as leaving"), auc=f"{alone:.2f}")
        elif feature.own_words and telling_name(feature.label):
            why = Text(_("its name says that it is known only once the outcome is"))
        elif earlier is not None and alone > _STRONG and separation(earlier[feature.name], y) - 0.5 < _COLLAPSE * (alone - 0.5):
            why = Text(
                _("it tells who leaves (AUC {auc}) but nothing a month before, so it is most likely part of leaving"), auc=f"{alone:.2f}"
            )
        else:
            continue
        found.append(LeftOut(feature.label if feature.own_words else feature.name, why))
    return found
