"""Groups side by side."""
