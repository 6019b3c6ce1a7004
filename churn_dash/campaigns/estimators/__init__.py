"""The statistics of a comparison: differences with intervals, and what a comparison could have shown. No data access."""
