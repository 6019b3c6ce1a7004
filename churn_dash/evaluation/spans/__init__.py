"""The eight indicators before and after a day."""
