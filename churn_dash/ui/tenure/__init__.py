"""How long customers stay: cohorts and survival."""
