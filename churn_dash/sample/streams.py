"""One random stream a table: adding a table leaves the others as they were. Source: METHODS E."""

import numpy as np

STREAMS = (
    "people",
    "holdings",
    "market",
    "paths",
    "complaints",
    "surveys",
    "exits",
    "customer_month",
    "accounts",
    "churn_events",
    "campaign_assignments",
    "product_holdings",
    "large_transactions",
    "loans",
    "cards",
    "contacts",
    "market_month",
    "competitor_products",
    "fees",
    "process_month",
    "warnings",
    "interventions",
    "winbacks",
    "tier_history",
    "branches",
    "staff",
    "training_records",
    "expert_scores",
)
"""Append only: a stream is known by its place."""


def streams(seed: int, names: tuple[str, ...] = STREAMS) -> dict[str, np.random.Generator]:
    """A generator for each name: the children that ``SeedSequence(seed).spawn`` gives, in order.

    >>> float(streams(1)["people"].random()) == float(streams(1, (*STREAMS, "new"))["people"].random())
    True
    """
    return {name: np.random.default_rng(child) for name, child in zip(names, np.random.SeedSequence(seed).spawn(len(names)), strict=True)}
