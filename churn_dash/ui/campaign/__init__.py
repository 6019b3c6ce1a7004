"""Did it work."""
