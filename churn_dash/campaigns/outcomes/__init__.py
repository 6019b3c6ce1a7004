"""What became of the members, and what a plain before and after would claim."""
