"""What is aimed at, who answers for it, and what may be said of the actual figure."""
