"""Files to good rows and rows set aside with reasons: decode, cut, map, type, check."""

from churn_dash.intake.experiment import read_rows
from churn_dash.intake.extraction import Extract, extract
from churn_dash.intake.monthly import counted_warnings, monthly_warnings
from churn_dash.intake.previewing import Preview, preview
from churn_dash.intake.source import Match, Options, Source

__all__ = ["Extract", "Match", "Options", "Preview", "Source", "counted_warnings", "extract", "monthly_warnings", "preview", "read_rows"]
