"""How long customers stay: lifetimes, survival, hazard, cohorts."""
