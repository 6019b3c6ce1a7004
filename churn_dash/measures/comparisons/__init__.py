"""One figure beside another: periods, branches, official figures, loads."""
