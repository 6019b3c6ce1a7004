"""Improvements: what was done, by whom, since when, and how the figure it watches went on."""
