"""How the matrix is prepared for an estimator, and the way back from a prepared column to its feature."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from churn_dash.risk.models.matrix import Design

MOST_DUMMIES = 40
"""Levels of a category that get a column of their own; the rarer ones share one."""


def _numbers(design: Design) -> list[int]:
    return [i for i in range(len(design.features)) if i not in design.categories]


def _median() -> SimpleImputer:
    return SimpleImputer(strategy="median", keep_empty_features=True)


def standardised(design: Design) -> ColumnTransformer:
    """Numbers standardised, gaps at the median; categories as dummies, at most 40 each."""
    scaled = Pipeline([("median", _median()), ("scale", StandardScaler())])
    levels = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MOST_DUMMIES, sparse_output=False)
    return ColumnTransformer([("numbers", scaled, _numbers(design)), ("levels", levels, list(design.categories))])


def standardised_parents(pipeline: Pipeline, design: Design) -> NDArray[np.int64]:
    """The design column of each column of ``standardised``."""
    found: list[int] = _numbers(design)
    if design.categories:
        encoder = pipeline[0].named_transformers_["levels"]
        rare: Any = getattr(encoder, "infrequent_categories_", [None] * len(design.categories))
        for column, levels, shared in zip(design.categories, encoder.categories_, rare, strict=True):
            found += [column] * (len(levels) if shared is None else len(levels) - len(shared) + 1)
    return np.array(found, dtype=np.int64)


def filled(design: Design) -> ColumnTransformer:
    """Numbers with gaps at the median, categories as the number of their level, gaps as −1."""
    missing = SimpleImputer(strategy="constant", fill_value=-1.0)
    return ColumnTransformer([("numbers", _median(), _numbers(design)), ("levels", missing, list(design.categories))])


def filled_parents(pipeline: Pipeline, design: Design) -> NDArray[np.int64]:
    """The design column of each column of ``filled``."""
    return np.array([*_numbers(design), *design.categories], dtype=np.int64)


def column_by_column(pipeline: Pipeline, design: Design) -> NDArray[np.int64]:
    """The design column of each column where every column stands for itself."""
    return np.arange(len(design.features))
