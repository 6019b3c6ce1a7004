"""From one figure to another."""
