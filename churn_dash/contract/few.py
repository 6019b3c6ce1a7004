"""Of how few customers a page shows a count instead of a rate. Source: METHODS B0."""

TOO_FEW = 30
"""On pages a rate of fewer customers is not shown, only how many there are; the command line and downloads give number, n and interval."""
