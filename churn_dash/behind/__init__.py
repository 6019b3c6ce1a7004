"""The customers behind a bar, a cell or a point: who they are, for every split of customers that a page draws."""

from churn_dash.behind.listing import customers, described
from churn_dash.behind.splits import SPLITS, Split, cells, people, split

__all__ = ["SPLITS", "Split", "cells", "customers", "described", "people", "split"]
