"""Figures of two separate computations: alike but for the last digits, which depend on the order in which threads add."""

import copy
import dataclasses
from typing import Any

import pytest


def approximately(value: Any) -> Any:
    """``value`` with every float inside it, however deep, allowed to differ by a billionth; all else stays exact.

    >>> {"rate": 0.1 + 0.2, "n": [3]} == approximately({"rate": 0.3, "n": [3]})
    True
    """
    if isinstance(value, dict):
        return {key: approximately(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(approximately(inner) for inner in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        other = copy.copy(value)
        for f in dataclasses.fields(value):
            object.__setattr__(other, f.name, approximately(getattr(value, f.name)))  # also where it is frozen
        return other
    return pytest.approx(value, rel=1e-9, abs=1e-12, nan_ok=True) if isinstance(value, float) else value
