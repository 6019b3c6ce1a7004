"""The overview: figures, the worst groups, balances lost, what to do next, a list without months."""
