"""Figures over time: trends, growth, season and market, why it moved, definitions."""
