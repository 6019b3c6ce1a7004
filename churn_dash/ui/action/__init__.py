"""Whom to call and why: risk, care lists, one customer."""
