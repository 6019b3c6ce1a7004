"""Files to good rows and rows set aside with reasons: decode, cut, map, type, check. Files are read in a process of their own."""

from churn_dash.intake.extraction import Extract
from churn_dash.intake.isolation import extract, preview, read_rows, read_sheets
from churn_dash.intake.previewing import Preview
from churn_dash.intake.source import Match, Options, Source

__all__ = ["Extract", "Match", "Options", "Preview", "Source", "extract", "preview", "read_rows", "read_sheets"]
