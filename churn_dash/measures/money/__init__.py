"""What departures cost and customers are worth."""
