"""Whom to call."""
