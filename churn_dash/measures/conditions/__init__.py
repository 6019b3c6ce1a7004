"""Which rows of the month table a question is about: rules, saved segments, scope."""
