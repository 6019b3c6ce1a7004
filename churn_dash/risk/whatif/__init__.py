"""What would change the risk."""
