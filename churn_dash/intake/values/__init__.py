"""Text cells to values: numbers, dates, yes and no, codes, whatever they look like."""
