"""Rows to learn from and to score: who, when, and what was known by then."""
