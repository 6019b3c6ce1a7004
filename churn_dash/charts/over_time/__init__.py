"""Lines and columns over time."""
