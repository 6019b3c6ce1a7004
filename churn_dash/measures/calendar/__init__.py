"""Season, market, markers, and what is settled."""
