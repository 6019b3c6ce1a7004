"""One customer, whole."""
