"""What leaves the house: guides and reports."""
