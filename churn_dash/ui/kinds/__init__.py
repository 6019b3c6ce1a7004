"""Who leaves: groups of customers side by side."""
