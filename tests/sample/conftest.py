"""Invented banks that several tests read."""

import pytest

from churn_dash.sample import SIZES, Bank, generate


@pytest.fixture(scope="session")
def tiny() -> Bank:
    return generate(1, *SIZES["tiny"])


@pytest.fixture(scope="session")
def demo() -> Bank:
    return generate(1, *SIZES["demo"])
