"""Whom to call and what to do: care lists, the worklist, plays."""
