"""Figures over time: trends, growth, products, season and market, why it moved; an official figure beside ours."""
