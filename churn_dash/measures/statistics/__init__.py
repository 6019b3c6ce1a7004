"""Intervals, pooled estimates, exact decompositions."""
