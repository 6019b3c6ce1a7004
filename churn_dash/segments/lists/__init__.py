"""Groups as lists of people, saved and compared."""
