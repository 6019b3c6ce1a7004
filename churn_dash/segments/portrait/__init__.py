"""One customer, whole: who it is, how the customer stands, what is held, and everything that happened. Source: METHODS A1 7.1.1, B3."""
